import { z } from 'zod';
import type { Db } from '../platform/database.ts';
import type { LoggedEvent } from './log.ts';
import type { TopicKey, TopicKindName } from './topic.ts';
import type { Tx } from './transaction.ts';

/**
 * A declaration of an event: the one place from which its TypeScript type, its runtime check, its GraphQL
 * type, its row in docs/events.md and its client type come. `docs/adding-an-event.md` shows how.
 */

/** One field of an event: how it is stored in `data`, and how GraphQL shows it. */
export interface EventField<Stored = unknown, IsRef extends boolean = boolean> {
  readonly isRef: IsRef;
  readonly stored: z.ZodType<Stored>;
  /** Name of the GraphQL type: a scalar or enum, for a reference the model. */
  readonly type: string;
  readonly list: boolean;
  readonly nullable: boolean;
  readonly description: string;
  /** What events show that were stored before the field was there; undefined: null, or an empty list. */
  readonly absent?: unknown;
  /** Of a reference to what lies in another topic than the event: that topic, whose permission is asked. */
  readonly elsewhere?: (data: Record<string, unknown>) => TopicKey | null;
}

const id = z.uuid();

function field<Stored, IsRef extends boolean>(
  isRef: IsRef,
  stored: z.ZodType<Stored>,
  type: string,
  description: string,
  more: { list?: boolean; nullable?: boolean } = {},
): EventField<Stored, IsRef> {
  return { isRef, stored, type, description, list: more.list ?? false, nullable: more.nullable ?? false };
}

/** A reference: stored as `<name>Id`, shown as the object of `model`, read through its row when asked for. */
export const ref = (model: string, description: string) => field(true, id, model, description);

/** A reference that may be empty: stored as `<name>Id: null`. */
export const optionalRef = (model: string, description: string) =>
  field(true, id.nullable(), model, description, { nullable: true });

/** {@link optionalRef} to what lies in another topic than the event; null for who may not read that one. */
export const refElsewhere = (
  model: string,
  elsewhere: (data: Record<string, unknown>) => TopicKey | null,
  description: string,
) => ({ ...optionalRef(model, description), elsewhere });

/** Ids in a list, in the order stored. */
export const idsOf = (description: string) => field(false, z.array(id), 'ID', description, { list: true });

/** An id that is shown as such: where a {@link ref} of the same name would be nullable in one kind and not in another. */
export const optionalId = (description: string) => field(false, id.nullable(), 'ID', description, { nullable: true });

export const int = (description: string) => field(false, z.int(), 'Int', description);

export const bool = (description: string) => field(false, z.boolean(), 'Boolean', description);

/** {@link bool} that events of older releases do not have: false there. */
export const addedBool = (description: string) => ({ ...bool(description), absent: false });

/** A short value such as an emoji or the name another application has for something; no free text. */
export const token = (description: string) => field(false, z.string(), 'String', description);

/** A value of a GraphQL enum of that name. */
export const oneOf = <const Values extends readonly [string, ...string[]]>(
  enumName: string,
  values: Values,
  description: string,
) => field(false, z.enum(values), enumName, description);

/** The names of a table that describes them, for {@link oneOf}. */
export const namesOf = <Name extends string>(table: Readonly<Record<Name, unknown>>) =>
  Object.keys(table) as [Name, ...Name[]];

/** {@link oneOf}, or nothing. */
export const optionalOneOf = <const Values extends readonly [string, ...string[]]>(
  enumName: string,
  values: Values,
  description: string,
) => field(false, z.enum(values).nullable(), enumName, description, { nullable: true });

/** {@link int}, or nothing. */
export const optionalInt = (description: string) =>
  field(false, z.int().nullable(), 'Int', description, { nullable: true });

/** A JSON object that another application made: it is quoted, so nothing private belongs into it. */
export const json = (description: string) => field(false, z.record(z.string(), z.json()), 'JSON', description);

/** What an update changed. `from` and `to` are null for free text, which is read through the row instead. */
export interface Change {
  field: string;
  from: z.core.util.JSONType | null;
  to: z.core.util.JSONType | null;
}

const changeSchema = z.object({
  field: z.string(),
  from: z.json(),
  to: z.json(),
}) as z.ZodType<Change>;

/** The changed fields, each once. A value whose field is guarded is null for those who may not read it. */
export const changes = (description: string) =>
  field(false, z.array(changeSchema), 'Change', description, { list: true });

/** Objects in a list, of a GraphQL object type of that name which takes what is stored. */
export const listOf = <Stored>(type: string, stored: z.ZodType<Stored>, description: string) =>
  field(false, z.array(stored), type, description, { list: true });

export type EventFields = Record<string, EventField>;

/** What is stored: `{ task: ref('Task') }` becomes `{ taskId: string }`. */
export type DataOf<Fields extends EventFields> = {
  [Name in keyof Fields as Fields[Name] extends EventField<unknown, true> ? `${Name & string}Id` : Name]: z.infer<
    Fields[Name]['stored']
  >;
};

/** Who is told, and why, before access is asked. */
export interface Recipient {
  userId: string;
  /** Upper snake case: ASSIGNED, MENTIONED, COMMENTED … */
  reason: string;
}

/** What an event means for somebody's access to its topic. */
export type AccessChange =
  /** The person holds this role from here on. */
  | { effect: 'granted'; userId: string; role: string }
  /** The topic begins with this event, and those who get a copy of it belong to it. Nobody can have followed it before. */
  | { effect: 'begun' }
  /** The person may not read the topic from here on. */
  | { effect: 'revoked'; userId: string }
  /** Everybody without this role in the topic may not read it from here on. */
  | { effect: 'restricted'; keepRoles: readonly string[] }
  /** Everybody in the workspace may read it from here on. */
  | { effect: 'opened' }
  /** The topic is gone: the event is delivered, then every stream of it completes. */
  | { effect: 'ended' }
  /** Something about the person themselves changed; only in `user:` topics. `sessions` are over. */
  | { effect: 'person'; userId: string; sessions?: readonly string[] };

/** What can make it pointless to tell somebody what waits for them; the words are in attention/sentences.ts. */
export type Overtaken = 'SUBJECT_DONE' | 'SUBJECT_MOVED' | 'SUBJECT_GIVEN' | 'SUBJECT_GONE';

/** How an event becomes somebody's notification; read by the notifications and attention domains. */
export interface Notify<Data> {
  /** Every reason `recipients` can give, for the documentation and the rules; none: only `followers` are told. */
  readonly reasons: readonly string[];
  /**
   * Who is told. Narrowed afterwards to those who may read the topic, without the actor; where a person
   * stands twice the first reason wins.
   */
  recipients(event: LoggedEvent<Data>, db: Db | Tx): Promise<Recipient[]> | Recipient[];
  /** The reason of everybody else who may read the topic, the last of `reasons`; absent: only those named are told. */
  readonly everyone?: string;
  /** Whether this very event tells `everyone`; absent: each does. */
  tellsEveryone?(event: LoggedEvent<Data>): boolean;
  /** Whoever looks at the topic just then sees it there: their notification is seen already and does not alert. */
  readonly seenByViewers?: boolean;
  /** The topic whose permission decides whether its text may be shown; absent: the event's own. */
  place?(event: LoggedEvent<Data>): TopicKey;
  /** What people read who follow everything in the topic, where it does not concern them; absent: they are not told. */
  readonly followers?: {
    /** Whether this very event is told; absent: each is. */
    tells?(event: LoggedEvent<Data>): boolean;
    /** One line, without "you". */
    title(words: { actor: string; subject: string; count: number }, event: LoggedEvent<Data>): string;
  };
  /** Whoever did it follows the topic from then on, unless they chose otherwise. */
  readonly actorFollows?: boolean;
  /**
   * What has made it pointless since; null: nothing. Asked before somebody who had to wait is told, and by commands that do
   * such a thing (`dropOvertaken`). Absent: nothing but that what it is about is gone.
   */
  overtaken?(event: LoggedEvent<Data>, db: Db | Tx): Promise<Overtaken | null>;
  /** Whether it cannot wait for anybody's quiet hours, focus or batch. Absent: it can. */
  critical?(event: LoggedEvent<Data>): boolean;
  /** What it is about: events of one thread share one row per person. `task:<id>`. */
  thread(event: LoggedEvent<Data>): string;
  /** The object whose name stands in the title; read with the reader's permission. */
  subject(event: LoggedEvent<Data>): { model: string; id: string };
  /** One line. `actor` is a name, or `3 people` for several; `subject` the object's title, empty where it has none. */
  title(words: { actor: string; subject: string; reason: string; count: number }, event: LoggedEvent<Data>): string;
}

export interface EventDeclaration<Fields extends EventFields = EventFields> {
  /** What the documents that Belfry replaces call it, `task.updated`; several where they differ. Absent: new here. */
  readonly wireName?: string | readonly string[];
  readonly description: string;
  /** GraphQL interfaces besides `Event`, by name. */
  readonly interfaces?: readonly string[];
  readonly fields: Fields;
  /** People whose own topic gets a copy of the fact, so that their open streams learn of it. */
  copies?(data: DataOf<Fields>): readonly string[];
  /**
   * Whose notifications expire because what they are about is gone: those of a thread, or `topic`: all of what happened in
   * the topic. Such an event has no `notify`. Absent: none.
   */
  expires?(event: LoggedEvent<DataOf<Fields>>): { readonly thread: string } | 'topic';
  /** Set when the event changes who may read its topic. Applied in order, from the event, without a query. */
  access?(data: DataOf<Fields>): AccessChange;
  /** What two of them in a row say together, for streams that coalesce (`StreamPlan.coalesceMs`). Absent: they do not. */
  fold?(earlier: DataOf<Fields>, later: DataOf<Fields>): DataOf<Fields>;
  readonly notify?: Notify<DataOf<Fields>>;
  /** Never shown in a stream or feed: read only by the server itself. */
  readonly internal?: boolean;
  /** Shown only through a subscription of its own (`inbox`), never in `events`, `activity` or `sync`. */
  readonly stream?: 'inbox';
}

/**
 * Part of the `notify` of what concerns nobody in particular: only those are told who follow everything in its topic, and
 * it costs nothing where there is none.
 */
export const followersOnly = {
  reasons: [],
  recipients: () => [],
  // Never read: whoever is told reads the line for followers.
  title: ({ subject }: { subject: string }) => subject,
} as const;

/** A declared event with its name, as `append` takes it. */
export interface EventKind<Fields extends EventFields = EventFields> extends EventDeclaration<Fields> {
  readonly kind: string;
  readonly topicKind: TopicKindName | readonly TopicKindName[];
  readonly schema: z.ZodType<DataOf<Fields>>;
}

/** A GraphQL interface that several kinds implement. */
export interface EventInterface {
  readonly name: string;
  readonly description: string;
  readonly fields: EventFields;
}

/** Declares one event. Only there so that the fields' types reach `access`, `copies` and `notify`. */
export function event<const Fields extends EventFields>(
  declaration: EventDeclaration<Fields>,
): EventDeclaration<Fields> {
  return declaration;
}

/** Declares a domain's events. Keys are the kinds: past-tense facts, also the names of the GraphQL types. */
export function defineEvents<const Declarations extends Record<string, EventDeclaration>>(
  topicKind: TopicKindName | readonly TopicKindName[],
  declarations: Declarations,
): {
  readonly [Kind in keyof Declarations]: Declarations[Kind] extends EventDeclaration<infer Fields>
    ? EventKind<Fields>
    : never;
} {
  const kinds = Object.entries(declarations).map(([kind, declaration]) => {
    const stored = Object.entries(declaration.fields).map(([name, f]) => [f.isRef ? `${name}Id` : name, f.stored]);
    return [kind, { ...declaration, kind, topicKind, schema: z.strictObject(Object.fromEntries(stored)) }];
  });
  return Object.fromEntries(kinds);
}

/** The names of a kind in the documents that Belfry replaces; empty for what is new here. */
export function wireNamesOf({ wireName = [] }: Pick<EventDeclaration, 'wireName'>): readonly string[] {
  return typeof wireName === 'string' ? [wireName] : wireName;
}

/** Every declared event by kind: joined from the domains by `app.ts`, handed to whoever reads the log. */
export type EventRegistry = ReadonlyMap<string, EventKind>;

/** Joins the domains' declarations. Throws when two declare the same kind, and for one that makes rows and lets them expire. */
export function eventRegistry(...domains: readonly Record<string, EventKind>[]): EventRegistry {
  const registry = new Map<string, EventKind>();
  for (const domain of domains) {
    for (const [kind, declaration] of Object.entries(domain)) {
      if (registry.has(kind)) throw new Error(`two domains declare the event ${kind}`);
      if (declaration.notify && declaration.expires) {
        throw new Error(
          `the declaration of ${kind} says both whom it tells and whose rows it lets expire: one of them`,
        );
      }
      registry.set(kind, declaration);
    }
  }
  return registry;
}

/** The topics a fact is logged in: its home first, then the own topics of the people who get a copy. */
export function topicsOf<Fields extends EventFields>(
  kind: EventKind<Fields>,
  home: TopicKey,
  data: DataOf<Fields>,
): TopicKey[] {
  const copies = (kind.copies?.(data) ?? []).map((userId): TopicKey => `user:${userId}`);
  return [home, ...new Set(copies)].filter((topic, index, all) => all.indexOf(topic) === index);
}
