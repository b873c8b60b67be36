import { encodeCursor } from '../events/cursor.ts';
import {
  type Change,
  type EventField,
  type EventInterface,
  type EventKind,
  type EventRegistry,
  wireNamesOf,
} from '../events/define.ts';
import type { LoggedEvent } from '../events/log.ts';
import { parseTopicKey, type TopicKey } from '../events/topic.ts';
import { builder, inTopic } from './builder.ts';
import type { Context } from './context.ts';
import { guardedValues } from './permissions.ts';
import type { AccessLost, Checkpoint } from './stream.ts';

/** `TaskUpdated` → `TASK_UPDATED`: the value of `EventType` for a kind. */
export function eventTypeName(kind: string): string {
  return kind.replace(/(?<!^)([A-Z])/g, '_$1').toUpperCase();
}

/** Whether a kind is shown in `events`, `activity` and `sync`. */
export function isPublic(kind: EventKind): boolean {
  return !kind.internal && kind.stream === undefined;
}

/** Makes the GraphQL types of the declared events: the enum, the interfaces, an object for each kind, the union. */
export function addEventTypes(registry: EventRegistry, interfaces: readonly EventInterface[]): void {
  const kinds = [...registry.values()].filter(isPublic);
  addEventTypeEnum(kinds);
  addChange();
  addEventInterface();
  for (const declared of interfaces) addInterface(declared);
  const objects = kinds.map((kind) => addEventObject(kind, interfaces));
  addStreamItem(objects);
}

function addEventTypeEnum(kinds: readonly EventKind[]): void {
  builder.enumType('EventType', {
    description: 'Every kind of event. A new kind may be added at any time: ignore those you do not know.',
    values: Object.fromEntries(
      kinds.map((kind) => [
        eventTypeName(kind.kind),
        {
          value: kind.kind,
          description: [kind.description, formerly(kind)].filter(Boolean).join(' '),
          extensions: { wireName: kind.wireName },
        },
      ]),
    ),
  });
}

/** `Formerly …`; empty for what is new here. */
function formerly(kind: EventKind): string {
  const names = wireNamesOf(kind).map((name) => `\`${name}\``);
  return names.length > 0 ? `Formerly ${names.join(', ')}.` : '';
}

/** A change together with the topic whose roles decide whether its values may be read. */
type ChangeIn = Change & { topic: TopicKey };
const changeRef = builder.objectRef<ChangeIn>('Change');

function addChange(): void {
  const scopes = ({ field, topic }: ChangeIn) => {
    const permission = guardedValues[field];
    return permission ? { topic: { key: topic, permission } } : true;
  };
  changeRef.implement({
    description: 'A field that an update changed.',
    fields: (t) => ({
      field: t.exposeString('field', { description: 'Name of the field, as in the object.' }),
      from: t.field({
        type: 'JSON',
        nullable: true,
        description: 'The value before; null for free text, and with an error for those who may not read the field.',
        authScopes: scopes,
        resolve: (change) => change.from,
      }),
      to: t.field({
        type: 'JSON',
        nullable: true,
        description: 'The value after; null for free text, and with an error for those who may not read the field.',
        authScopes: scopes,
        resolve: (change) => change.to,
      }),
    }),
  });
}

const eventRef = builder.interfaceRef<LoggedEvent>('Event');

function addEventInterface(): void {
  eventRef.implement({
    description:
      'A fact: what happened, in a topic, at a place in its order. Facts set state, so hearing one twice is harmless.',
    resolveType: (event) => event.kind,
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Id of the fact; the same wherever it is shown.' }),
      cursor: t.field({
        type: 'Cursor',
        description: 'Its place in the log of its topic; pass it as `after` to go on behind it.',
        resolve: ({ topic, seq, id }) => encodeCursor({ topic, seq, eventId: id }),
      }),
      type: t.field({ type: 'EventType' as never, description: 'Its kind.', resolve: ({ kind }) => kind as never }),
      topic: t.prismaField({
        ...inTopic,
        type: 'Topic',
        description: 'The project, page or conversation it happened in.',
        resolve: (query, { topic, home }, _args, { rows }) =>
          rows.find('topic', parseTopicKey(home ?? topic).id, query) as Promise<never>,
      }),
      actor: t.prismaField({
        ...inTopic,
        type: 'User',
        nullable: true,
        description: 'Who did it; null for the server itself.',
        resolve: (query, { actorId }, _args, { rows }) =>
          actorId === null ? null : (rows.find('user', actorId, query) as Promise<never>),
      }),
      at: t.field({ type: 'DateTime', description: 'When it was done.', resolve: ({ at }) => at }),
      correlationId: t.exposeString('correlationId', {
        nullable: true,
        description: 'Id of the request that caused it; null for the server itself.',
      }),
    }),
  });
}

function addInterface({ name, description, fields }: EventInterface): void {
  builder.interfaceRef<LoggedEvent>(name).implement({
    description,
    interfaces: [eventRef],
    resolveType: (event) => event.kind,
    fields: (t) => fieldsOf(t as never, fields) as never,
  });
}

function addEventObject(kind: EventKind, interfaces: readonly EventInterface[]) {
  const implemented = interfaces.filter((candidate) => kind.interfaces?.includes(candidate.name));
  const inherited = new Set(implemented.flatMap((candidate) => Object.keys(candidate.fields)));
  const own = Object.fromEntries(Object.entries(kind.fields).filter(([name]) => !inherited.has(name)));
  const ref = builder.objectRef<LoggedEvent>(kind.kind);
  ref.implement({
    description: kind.description,
    interfaces: [eventRef, ...implemented.map(({ name }) => name as 'TaskEvent')],
    fields: (t) => fieldsOf(t as never, own) as never,
  });
  return ref;
}

const checkpointRef = builder.objectRef<Checkpoint>('Checkpoint');
const accessLostRef = builder.objectRef<AccessLost>('AccessLost');
const topicCursorRef = builder.objectRef<Checkpoint['cursors'][number]>('TopicCursor');

function addStreamItem(events: readonly ReturnType<typeof addEventObject>[]): void {
  const topicOf = (topic: TopicKey) => parseTopicKey(topic).id;
  topicCursorRef.implement({
    description: 'Where a stream stands in one topic.',
    fields: (t) => ({
      topic: t.id({ description: 'Id of the topic.', resolve: ({ topic }) => topicOf(topic) }),
      cursor: t.field({
        type: 'Cursor',
        description: 'Pass it in `after` to go on from here.',
        resolve: ({ cursor }) => cursor,
      }),
    }),
  });
  checkpointRef.implement({
    description: 'Opens a stream over several topics, and is repeated when a topic is gained: where it stands in each.',
    fields: (t) => ({
      cursors: t.field({
        ...inTopic,
        type: [topicCursorRef],
        description: 'One for each topic of the stream.',
        resolve: ({ cursors }) => [...cursors],
      }),
    }),
  });
  accessLostRef.implement({
    description: 'A topic of the stream may no longer be read; the others go on.',
    fields: (t) => ({
      topic: t.id({ description: 'Id of the topic.', resolve: ({ topic }) => topicOf(topic) }),
      topicId: t.id({
        description: 'The same, under a name that can be selected beside the `topic { … }` of events.',
        resolve: ({ topic }) => topicOf(topic),
      }),
    }),
  });
  builder.unionType('StreamItem', {
    description: 'What a stream over several topics delivers. `... on Event { cursor }` works inside it.',
    types: [checkpointRef, accessLostRef, ...events],
    resolveType: (item) => (item as { kind: string }).kind,
  });
}

/** The declared fields as GraphQL fields. The names come from data, so Pothos cannot check them: the schema test does. */
function fieldsOf(t: EventFieldBuilder, fields: Readonly<Record<string, EventField>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      field.isRef ? refField(t, name, field) : valueField(t, name, field),
    ]),
  );
}

interface EventFieldBuilder {
  field(options: object): unknown;
  prismaField(options: object): unknown;
}

function refField(t: EventFieldBuilder, name: string, { type, nullable, description, elsewhere }: EventField): unknown {
  const model = type[0]?.toLowerCase() + type.slice(1);
  return t.prismaField({
    ...inTopic,
    type,
    nullable,
    description,
    resolve: async (query: object, event: LoggedEvent, _args: unknown, context: Context) => {
      const id = event.data[`${name}Id`] as string | null | undefined;
      if (id === null || id === undefined) return null;
      const place = elsewhere?.(event.data);
      if (place && (await context.roleIn(place)) === null) return null;
      return context.rows.find(model, id, query);
    },
  });
}

function valueField(
  t: EventFieldBuilder,
  name: string,
  { type, list, nullable, description, absent }: EventField,
): unknown {
  const ref = type === 'Change' ? changeRef : type;
  return t.field({
    ...inTopic,
    type: list ? [ref] : ref,
    nullable,
    description,
    resolve: ({ data, topic }: LoggedEvent) => {
      const value = data[name] ?? absent ?? (list ? [] : null);
      if (type === 'Change') return (value as Change[]).map((change) => ({ ...change, topic }));
      return type === 'DateTime' && typeof value === 'string' ? new Date(value) : value;
    },
  });
}
