// Every query, mutation, subscription and guarded field for everybody who can ask: table.ts says who may.
import { GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { newId } from '../../src/platform/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { TestSocket } from '../support/socket.ts';
import { waitLimitMs } from '../support/waiting.ts';
import { createScene, everybody, inTopic, type Scene, type Subject, type Who } from './people.ts';
import { guarded, mutations, queries, type Row, subscriptions } from './table.ts';

let app: TestApp;
let scene: Scene;
const sockets = new Map<Who, TestSocket>();
beforeAll(async () => {
  app = await startApp({ config: { WS_MAX_CONNECTIONS_PER_USER: '100', SESSION_LEASE_MS: '3000' } });
  scene = await createScene(app);
  // For a lease after its start a server does not say of a session that it is nowhere.
  const document = 'mutation ($input: EndSessionInput!) { endSession(input: $input) { __typename } }';
  const ending = () => app.graphql(scene.people.manager, document, { input: { id: newId() } });
  const isNowhere = async () => (await ending()).errors?.[0]?.extensions?.code === 'NOT_FOUND';
  await vi.waitUntil(isNowhere, { timeout: waitLimitMs, interval: 100 });
});
afterAll(() => app?.[Symbol.asyncDispose]());

const refusals = ['FORBIDDEN', 'NOT_FOUND'];

/** What somebody is told: `OK`, or the code and the sentence. */
interface Told {
  readonly code: string;
  readonly message: string;
}
type Asks = (who: Who | undefined, row: Row, subject: Subject) => Promise<Told>;

const overHttp: Asks = async (who, row, subject) => {
  const { data, errors } = await app.graphql(who && scene.people[who], row.document, row.variables?.(subject, scene));
  if (errors?.[0]) return { code: String(errors[0].extensions?.code), message: errors[0].message };
  // `node` answers null for what one may not see; nothing else that is about something is null.
  const missing = row.about && Object.values(data ?? {}).includes(null);
  return missing ? { code: 'NOT_FOUND', message: '' } : { code: 'OK', message: '' };
};

const overSocket: Asks = async (who = 'stranger', row, subject) => {
  const socket = sockets.get(who) ?? (await app.socket(scene.people[who]));
  sockets.set(who, socket);
  const operation = await socket.subscribe(row.document, row.variables?.(subject, scene));
  if (!operation.ended) {
    operation.complete();
    return { code: 'OK', message: '' };
  }
  const { message, extensions } = await operation.error();
  return { code: String(extensions?.code), message };
};

/** Asks as everybody: who may not is refused, and who has no access is told what they are told of a missing one. */
async function verify(row: Row, ask: Asks): Promise<void> {
  const nothing: Subject = { id: newId(), userId: scene.people.guest.id };
  const prepare = async () => (await row.about?.(scene)) ?? nothing;
  const subject = await prepare();
  const known: readonly Who[] = row.known ?? inTopic;
  const told = new Map<Who, string>();
  const refused = everybody.filter((who) => !row.may.includes(who));
  for (const who of refused) {
    const { code, message } = await ask(who, row, subject);
    told.set(who, refusals.includes(code) ? 'refused' : code);
    if (!row.about || known.includes(who)) continue;
    const missing = await ask(who, row, { ...subject, id: nothing.id });
    expect({ code, message }, `${who} cannot tell it from a missing one`).toEqual(missing);
  }
  // Last whoever may most: of those who leave, the owner leaves last.
  for (const who of row.may.toReversed()) {
    const { code, message } = await ask(who, row, row.once ? subject : await prepare());
    told.set(who, code === (row.answer ?? 'OK') ? 'allowed' : `${code}: ${message}`);
  }
  const expected = everybody.map((who) => [who, row.may.includes(who) ? 'allowed' : 'refused']);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(expected));
}

/** The rows of a table with their names; of several for one field the first has its name. */
function rowsOf(table: Readonly<Record<string, Row | readonly Row[]>>): [string, Row][] {
  return Object.entries(table).flatMap(([name, rows]) =>
    [rows].flat().map((row, index): [string, Row] => [index === 0 ? name : `${name}, asked otherwise`, row]),
  );
}

function fieldsOf(type: string): string[] {
  const found = schema.getType(type);
  return found instanceof GraphQLObjectType ? Object.keys(found.getFields()).sort() : [];
}

/** Fields and types with a guard of their own, but for the root types. */
function guardsOf(): string[] {
  const isGuarded = ({ extensions }: { extensions: object }) =>
    (extensions as { pothosOptions?: { authScopes?: unknown } }).pothosOptions?.authScopes !== undefined;
  const roots = ['Query', 'Mutation', 'Subscription'];
  const types = Object.values(schema.getTypeMap()).filter((type) => type instanceof GraphQLObjectType);
  return types
    .filter(({ name }) => !roots.includes(name))
    .flatMap((type) => [
      ...(isGuarded(type) ? [type.name] : []),
      ...Object.values(type.getFields()).flatMap((field) => (isGuarded(field) ? [`${type.name}.${field.name}`] : [])),
    ])
    .sort();
}

test('every field of the schema that can be asked for or is guarded has a row', () => {
  for (const [type, table] of [
    ['Query', queries],
    ['Mutation', mutations],
    ['Subscription', subscriptions],
  ] as const) {
    expect(Object.keys(table).sort()).toEqual(fieldsOf(type).sort());
  }
  expect(Object.keys(guarded).sort()).toEqual(guardsOf().sort());
});

describe.each([
  ['query', queries],
  ['mutation', mutations],
  ['guarded', guarded],
] as const)('%s', (kind, table) => {
  test.each(rowsOf(table))('%s', async (_name, row) => {
    if (kind !== 'guarded') {
      const { code } = await overHttp(undefined, row, { id: newId(), userId: newId() });
      expect(code, 'without a token').toBe('UNAUTHORIZED');
    }
    await verify(row, overHttp);
  });
});

// A socket without a token is closed before it can subscribe: T3 of scenarios.websocket.test.ts.
describe('subscription', () => {
  test.each(rowsOf(subscriptions))('%s', async (_name, row) => verify(row, overSocket));
});
