import { setTimeout } from 'node:timers/promises';
import { newId } from '../../src/platform/ids.ts';
import type { Load, Loaded } from '../http-load.ts';
import { atMost, type Finding } from '../support/report.ts';
import { type Stage, setStage } from '../support/stage.ts';
import { quantile } from '../support/statistics.ts';
import { within } from '../support/waiting.ts';
import { type Options, oneOf } from './question.ts';

const sendMessage = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id content } } }';
const updateTask = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { eventCursor } }';
const markRead =
  'mutation ($input: MarkConversationReadInput!) { markConversationRead(input: $input) { eventCursor } }';
const messagesPerSecond = 2;
const neighbourPace = 20;
const readersAtOnce = 16;
/** Messages sent one by one, for how long it takes until all are told. */
const singles = 12;
/** Nobody waits longer for a notification, or the run fails. */
const limitMs = 120_000;

/** Messages to a conversation of 1,000 people: the command, the notifications of all, the neighbours, the receipts. */
export async function conversation(options: Options): Promise<Finding> {
  const people = oneOf(options.subscribers, 1_000);
  const seconds = options.seconds ?? 15;
  await using stage = await setStage({ workers: 1 });
  const world = await stage.world({ people, projects: 1, tasksEach: 8 });
  const conversationId = await begin(stage, world.workspace);
  const belfry = await stage.belfry();
  const port = await belfry.call<number>('port');
  const [loader, quietLoader] = [await stage.loader(), await stage.loader()];
  const ask = (
    query: string,
    variables: readonly string[],
    more: Pick<Load, 'seconds' | 'perSecond' | 'atOnce'>,
  ): Load => ({
    ...{ port, path: '/graphql', token: stage.token('owner'), query, variables, from: 0 },
    ...more,
  });
  const tasks = world.projects.flatMap(({ taskIds }) => taskIds);
  const neighbours = async (loadSeconds: number): Promise<Loaded> => {
    const variables = tasks.map((taskId) => JSON.stringify({ input: { taskId, title: 'command {nth}' } }));
    return checked(
      await quietLoader.call<Loaded>(
        'load',
        ask(updateTask, variables, { seconds: loadSeconds, perSecond: neighbourPace, atOnce: 32 }),
      ),
    );
  };
  const messages = async (loadSeconds: number): Promise<Loaded> => {
    const variables = [JSON.stringify({ input: { conversationId, content: 'message {nth}' } })];
    return checked(
      await loader.call<Loaded>(
        'load',
        ask(sendMessage, variables, { seconds: loadSeconds, perSecond: messagesPerSecond, atOnce: 4 }),
      ),
    );
  };
  const count = async (text: string): Promise<number> => (await stage.query<{ n: number }>(text))[0]?.n ?? 0;
  const told = () => count(`SELECT count(*)::int4 AS n FROM event WHERE kind = 'NotificationUpserted'`);
  const settled = () => within(limitMs, async () => (await count('SELECT count(*)::int4 AS n FROM todo')) === 0);

  stage.progress('neighbours alone …');
  await neighbours(3);
  const alone = await neighbours(seconds);
  stage.progress(`messages to ${people} people …`);
  await messages(2);
  if (!(await settled())) throw new Error('the first messages were not told');
  // What one message costs without neighbours, and until everybody is told.
  const [toldBefore, usageBefore] = [await told(), await belfry.call<number>('usage')];
  await messages(3);
  if (!(await settled())) throw new Error('the messages were not told');
  const cpuMs = (await belfry.call<number>('usage')) - usageBefore;
  const cpuEach = cpuMs / ((await told()) - toldBefore);
  const toldMs: number[] = [];
  for (let nth = 0; nth < singles; nth++) {
    await post(port, stage.token('owner'), {
      query: sendMessage,
      variables: { input: { conversationId, content: `single ${nth}` } },
    });
    const answeredMs = performance.now();
    while ((await count('SELECT count(*)::int4 AS n FROM todo')) > 0) await setTimeout(1);
    toldMs.push(performance.now() - answeredMs);
  }
  const before = await told();
  const [sent, beside] = await Promise.all([messages(seconds), neighbours(seconds)]);
  const sentMs = performance.now();
  if (!(await settled())) throw new Error(`not everybody was told within ${limitMs} ms`);
  const behindMs = performance.now() - sentMs;
  const notifications = (await told()) - before;
  // The owner writes, and is not told.
  if (notifications !== sent.answered * people) {
    throw new Error(`${sent.answered} messages to ${people} people made ${notifications} notifications`);
  }

  stage.progress(`${people} readers …`);
  const readMs = await readAll(stage, { port, conversationId, people });
  const receiptsText = `SELECT coalesce(sum((data->>'readers')::int4), 0)::int4 AS n FROM event WHERE kind = 'MessagesRead'`;
  if (!(await within(limitMs, async () => (await count(receiptsText)) === people)))
    throw new Error('receipts are missing');
  const receipts = await count(`SELECT count(*)::int4 AS n FROM event WHERE kind = 'MessagesRead'`);
  const [aloneP99, besideP99] = [quantile(alone.tookMs, 0.99), quantile(beside.tookMs, 0.99)];
  const median = quantile(sent.tookMs, 0.5);
  return {
    question: 'conversation',
    title: `A conversation of ${people} people`,
    rows: [
      { what: 'sendMessage', 'per second': messagesPerSecond, 'p50 ms': median, 'p99 ms': quantile(sent.tookMs, 0.99) },
      {
        what: 'neighbours alone',
        'per second': neighbourPace,
        'p50 ms': quantile(alone.tookMs, 0.5),
        'p99 ms': aloneP99,
      },
      {
        what: 'neighbours beside it',
        'per second': neighbourPace,
        'p50 ms': quantile(beside.tookMs, 0.5),
        'p99 ms': besideP99,
      },
      {
        what: `${people} told, decided and stored, after the answer`,
        'p50 ms': quantile(toldMs, 0.5),
        'p99 ms': quantile(toldMs, 0.99),
      },
      { what: 'a notification, with its share of the message', 'ms CPU each': cpuEach },
      { what: 'markConversationRead', 'per second': (1_000 * people) / readMs },
    ],
    goals: [
      atMost(`sendMessage in a conversation of ${people}, median < 30 ms`, median, 30),
      atMost('updateTask on another topic meanwhile, p99 ≤ 1.5 × of alone', besideP99 / aloneP99, 1.5),
      atMost(`${people} told, decided and stored, median < 150 ms`, quantile(toldMs, 0.5), 150),
      atMost(
        `events of ${people} readers of one message, ≤ 1 a second`,
        receipts / (Math.floor(readMs / 1_000) + 2),
        1,
      ),
    ],
    notes: `${notifications} notifications, each once, the last ${Math.round(behindMs)} ms after the last answer. ${people} readers in ${Math.round(readMs)} ms were ${receipts} events.`,
  };
}

/** A conversation of everybody, written by hand: through the API it would take a thousand commands. */
async function begin(stage: Stage, workspace: string): Promise<string> {
  const id = newId();
  await stage.query(
    `WITH place AS (SELECT id AS workspace FROM "Workspace" WHERE slug = $2),
     topic AS (INSERT INTO "Topic" (id, "workspaceId", kind) SELECT $1::uuid, workspace, 'CONVERSATION' FROM place),
     conversation AS (INSERT INTO "Conversation" (id, kind, title) VALUES ($1::uuid, 'GROUP', 'Everybody'))
     INSERT INTO "Membership" ("topicId", "userId", role, "joinedEventId")
     SELECT $1::uuid, p.id, CASE WHEN p."externalId" = 'owner' THEN 'OWNER' ELSE 'MEMBER' END::"TopicRole", gen_random_uuid()
     FROM "User" p JOIN place ON p."workspaceId" = workspace WHERE p."externalId" ~ '^(owner|person-.*)$'`,
    [id, workspace],
  );
  return id;
}

/** Everybody reads the newest message; answers how long it took. */
async function readAll(
  stage: Stage,
  { port, conversationId, people }: { port: number; conversationId: string; people: number },
): Promise<number> {
  const body = { query: markRead, variables: { input: { conversationId } } };
  const startMs = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < people) await post(port, stage.token(`person-${next++}`), body);
  };
  await Promise.all(Array.from({ length: readersAtOnce }, lane));
  return performance.now() - startMs;
}

async function post(port: number, token: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (text.includes('"errors"')) throw new Error(text.slice(0, 500));
}

function checked(loaded: Loaded): Loaded {
  if (loaded.failed > 0) throw new Error(`${loaded.failed} commands failed: ${loaded.firstError}`);
  return loaded;
}
