// Holds a server at a chosen step, so that a test can do something in exactly that moment.
import { defaultFieldResolver, GraphQLObjectType } from 'graphql';
import { schema } from '../../src/graphql/schema.ts';
import { textOf } from '../../src/platform/prepared.ts';
import type { TestApp } from './app.ts';
import { waitLimitMs } from './waiting.ts';

/** A step of a server: a statement before it is sent, its answer before it is taken, or a field before it is resolved. */
export interface Step {
  readonly what: string;
  /** Values of the statement as JSON; of a field nothing. */
  readonly values: string;
}

/** Called at every step; the server goes on when the promise resolves. */
export type OnStep = (step: Step) => Promise<void> | void;

const statements: readonly (readonly [name: string, part: string])[] = [
  ['entry', 'AS workspace_role'],
  ['heads', 'SELECT topic, seq, event_id FROM topic_head'],
  ['fence', 'SELECT topic, access_seq FROM topic_head'],
  ['page', 'WHERE topic = $1 AND seq > $2'],
  ['page', 'WHERE topic = asked.topic AND seq > asked.seq'],
  ['judge', 'AS next_at'],
  ['place', 'AS nth, e.id'],
];

/** Calls `onStep` around every statement by which this server reads access and the log. Until disposed. */
export function watchStatements(app: TestApp, onStep: OnStep): Disposable {
  const { database } = app.services;
  const original = database.query;
  const watched: typeof original = async (sql, values) => {
    const text = textOf(sql);
    const name = statements.find(([, part]) => text.includes(part))?.[0];
    if (!name) return original(sql, values);
    const step = { values: JSON.stringify(values) };
    await onStep({ ...step, what: `${name} asked` });
    const rows = await original(sql, values);
    await onStep({ ...step, what: `${name} answered` });
    return rows as never;
  };
  Object.assign(database, { query: watched });
  return { [Symbol.dispose]: () => void Object.assign(database, { query: original }) };
}

/**
 * Calls `onStep` before a field is resolved, in every server of this process; of a root field of Subscription that is
 * once for each execution. Until disposed.
 */
export function watchField(typeName: string, fieldName: string, onStep: OnStep): Disposable {
  const type = schema.getType(typeName);
  const field = type instanceof GraphQLObjectType ? type.getFields()[fieldName] : undefined;
  if (!field) throw new Error(`there is no field ${typeName}.${fieldName}`);
  const original = field.resolve;
  const resolve = original ?? defaultFieldResolver;
  field.resolve = (...args) => {
    const waits = onStep({ what: `${typeName}.${fieldName}`, values: '' });
    return waits instanceof Promise ? waits.then(() => resolve(...args)) : resolve(...args);
  };
  return { [Symbol.dispose]: () => void Object.assign(field, { resolve: original }) };
}

/** A server that stands still at one step. */
export interface Gate {
  /** For {@link watchStatements} and {@link watchField}. */
  readonly onStep: OnStep;
  /** Resolves with the step when it is reached; rejects when it is not within the limit. */
  reached(): Promise<Step>;
  /** Whether it was reached. */
  readonly wasReached: boolean;
  /** Lets the server go on, and never holds it again. */
  open(): void;
}

/** Holds the first step that fits, or with `nth` a later one that does (0 is the first). */
export function gate(fits: (step: Step) => boolean, nth = 0): Gate {
  const reached = Promise.withResolvers<Step>();
  const opened = Promise.withResolvers<void>();
  let left = nth;
  let wasReached = false;
  let isOpen = false;
  reached.promise.catch(() => undefined);
  return {
    get wasReached() {
      return wasReached;
    },
    onStep(step) {
      if (isOpen || wasReached || !fits(step) || left-- > 0) return undefined;
      wasReached = true;
      reached.resolve(step);
      return opened.promise;
    },
    reached() {
      const error = new Error('the step was not reached');
      const timer = setTimeout(() => reached.reject(error), waitLimitMs);
      return reached.promise.finally(() => clearTimeout(timer));
    },
    open() {
      isOpen = true;
      opened.resolve();
    },
  };
}

/**
 * Repeats a situation, its server held at the first step, at the second and so on until it takes no more; answers the
 * steps. `begin` prepares and answers what is watched; `during` happens while the server stands.
 */
export async function repeatAtEachStep<Scene extends { readonly socket: AsyncDisposable }>(parts: {
  scene: () => Promise<Scene>;
  begin: (scene: Scene) => Promise<(() => Promise<unknown>) | undefined>;
  watch: (scene: Scene, onStep: OnStep) => Disposable;
  /** Waits until the server is held, or has nothing left to do, and answers whether the latter. */
  isOver: (scene: Scene, held: Gate) => Promise<boolean>;
  during: (scene: Scene, step: Step) => Promise<unknown>;
  afterwards: (scene: Scene) => Promise<unknown>;
}): Promise<string[]> {
  const seen: string[] = [];
  for (;;) {
    const current = await parts.scene();
    const begun = await parts.begin(current);
    const held = gate(() => true, seen.length);
    {
      using _steps = parts.watch(current, held.onStep);
      await begun?.();
      if (await parts.isOver(current, held)) return seen;
      const step = await held.reached();
      seen.push(step.what);
      await parts.during(current, step);
      held.open();
    }
    await parts.afterwards(current);
    await current.socket[Symbol.asyncDispose]();
  }
}
