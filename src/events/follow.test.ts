import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/support/clock.ts';
import type { Bell } from './bell.ts';
import { createFollowers, type Followers } from './follow.ts';
import type { EventLog, LoggedEvent } from './log.ts';
import type { Following } from './reader.ts';
import { topicKey } from './topic.ts';

const topic = topicKey('project', '0190a0b0-0000-7000-8000-000000000001');
const pageSize = 3;

/** What may happen to a topic, in any order, while reads are under way in any order too. */
const ordinary = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('commit' as const), count: fc.integer({ min: 1, max: 7 }) }) },
  // How far back the number is that the bell tells: 0 is the head.
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('ring' as const),
      back: fc.nat(4),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('join' as const), behind: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), which: fc.nat() }) },
  // Something that was waiting is answered; the scheduler says what.
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
);
const mishap = fc.oneof(
  fc.record({ kind: fc.constant('forged ring' as const), ahead: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constant('fail' as const) }),
);
type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Happening = Drawn<typeof ordinary> | Drawn<typeof mishap>;
const several = { minLength: 5, maxLength: 60 };

test('however rings and reads interleave, the last ring brings everyone to 1..n, once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(ordinary, several), async (scheduler, happenings) => {
      const world = scene(scheduler);
      const clients = await live(world, scheduler, happenings);
      world.bell.ringAll(world.log.head);
      await expectEverything(world, scheduler, clients, () => undefined);
    }),
    { numRuns: 1_000 },
  );
}, 60_000);

test('whatever the bell loses, doubles or invents, and whichever reads fail, everyone reads 1..n once and in order', async () => {
  const any = fc.oneof({ weight: 10, arbitrary: ordinary }, { weight: 1, arbitrary: mishap });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(any, several), async (scheduler, happenings) => {
      const world = scene(scheduler);
      const clients = await live(world, scheduler, happenings);
      world.failures.next = false;
      // The bell is heard again after an outage; retries after failed reads wait by the clock.
      world.bell.reconnected();
      await expectEverything(world, scheduler, clients, () => world.clock.advance(100));
    }),
    { numRuns: 1_000 },
  );
}, 60_000);

async function live(world: Scene, scheduler: fc.Scheduler, happenings: readonly Happening[]): Promise<Client[]> {
  const { log, bell, followers, failures } = world;
  const clients: Client[] = [];
  for (const one of happenings) {
    if (one.kind === 'commit') for (let i = 0; i < one.count; i++) log.commit();
    if (one.kind === 'ring') for (let i = 0; i < one.times; i++) bell.ringAll(log.head - one.back);
    if (one.kind === 'forged ring') bell.ringAll(log.head + one.ahead);
    if (one.kind === 'join') clients.push(join(followers, Math.max(0, log.head - one.behind)));
    if (one.kind === 'leave' && clients.length > 0) clients[one.which % clients.length]?.leave();
    if (one.kind === 'fail') failures.next = true;
    if (one.kind === 'turn' && scheduler.count() > 0) await scheduler.waitNext(1);
  }
  return clients;
}

/** Lets everything that waits be answered until all have arrived, and looks at what each has read. */
async function expectEverything(world: Scene, scheduler: fc.Scheduler, clients: Client[], whenIdle: () => void) {
  const { log, followers } = world;
  const remaining = clients.filter((client) => !client.left);
  const arrived = () => remaining.every((client) => client.isLive && client.place === log.head);
  for (let turn = 0; turn < 2_000 && !(arrived() && scheduler.count() === 0); turn++) {
    if (scheduler.count() > 0) await scheduler.waitNext(1);
    else whenIdle();
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const { start, seen } of clients) expect(seen).toEqual(seen.map((_, index) => start + 1 + index));
  for (const client of remaining) expect(client.place).toBe(log.head);
  for (const client of remaining) client.leave();
  // One that left while it was joining is let go when it has joined.
  await new Promise((resolve) => setImmediate(resolve));
  expect(followers.size).toBe(0);
}

test('a ring that is lost for good is made up for by the sweep', async () => {
  const { log, followers, clock } = scene(undefined);
  log.commit();
  const client = join(followers, 0);
  await expect.poll(() => client.seen).toEqual([1]);
  log.commit();
  clock.advance(1_000);
  await expect.poll(() => client.seen).toEqual([1, 2]);
});

test('many readers of one topic cost one read for each page', async () => {
  const { log, bell, followers } = scene(undefined);
  log.commit();
  const clients = Array.from({ length: 100 }, () => join(followers, 1));
  await expect.poll(() => clients.every((client) => client.isLive)).toBe(true);
  const before = log.reads;
  log.commit();
  bell.ringAll(2);
  await expect.poll(() => clients.every((client) => client.place === 2)).toBe(true);
  expect(log.reads - before).toBe(1);
});

interface Client {
  readonly start: number;
  readonly seen: number[];
  place: number;
  isLive: boolean;
  left: boolean;
  leave(): void;
}

/** Reads as the hub does: joins first, catches up page by page, and is live once it has reached the reader. */
function join(followers: Followers, start: number): Client {
  let following: Following | undefined;
  const client: Client = {
    start,
    seen: [],
    place: start,
    isLive: false,
    left: false,
    leave() {
      client.left = true;
      following?.[Symbol.dispose]();
    },
  };
  const read = (page: readonly LoggedEvent[]) => {
    for (const { seq } of page) {
      if (client.left || seq <= client.place) continue;
      client.seen.push(seq);
      client.place = seq;
    }
  };
  void (async () => {
    while (!client.left) {
      try {
        following ??= await followers.follow(topic, (page) => {
          if (client.isLive) read(page);
        });
        if (client.left) return following[Symbol.dispose]();
        while (client.place < following.seq && !client.left) read(await following.pageAfter(client.place));
        client.isLive = true;
        return;
      } catch {
        // The log was away for a moment; again.
      }
    }
  })();
  return client;
}

type Scene = ReturnType<typeof scene>;

/** A log in memory whose answers come when, and in the order that, the scheduler says. */
function scene(scheduler: fc.Scheduler | undefined) {
  const events: LoggedEvent[] = [];
  const failures = { next: false };
  const listeners = new Set<(key: typeof topic, seq: number) => void>();
  const reconnections = new Set<() => void>();
  const clock = manualClock();

  // What the answer says is decided when the question is asked, and it comes later: like a read of a database.
  async function answered<T>(answer: T): Promise<T> {
    const fails = failures.next;
    failures.next = false;
    await scheduler?.schedule(Promise.resolve());
    if (fails) throw new Error('the log is away');
    return answer;
  }

  const log = {
    reads: 0,
    get head() {
      return events.length;
    },
    commit() {
      const seq = events.length + 1;
      const fact = { id: `${seq}`, kind: 'TaskUpdated', actorId: null, correlationId: null, data: {}, home: null };
      events.push({ topic, seq, at: clock.now(), ...fact });
    },
  };
  const eventLog = {
    after(_topic: string, seq: number) {
      log.reads++;
      return answered(events.slice(seq, seq + pageSize));
    },
    heads: (topics: readonly string[]) => answered(topics.map(() => ({ topic, seq: events.length }))),
    changedWithin: () => answered([{ topic, seq: events.length }]),
  } as unknown as EventLog;
  const bell = {
    onRing: (listener: Parameters<Bell['onRing']>[0]) => registered(listeners, listener),
    onReconnect: (listener: () => void) => registered(reconnections, listener),
    ringAll(seq: number) {
      for (const listener of listeners) listener(topic, seq);
    },
    reconnected() {
      for (const listener of reconnections) listener();
    },
  };
  const followers = createFollowers({
    log: pino({ level: 'silent' }),
    eventLog,
    bell: bell as unknown as Bell,
    clock,
    pollMs: 1_000,
    cacheBytes: 1_000_000,
  });
  return { log, bell, followers, clock, failures };
}

function registered<T>(set: Set<T>, listener: T): Disposable {
  set.add(listener);
  return { [Symbol.dispose]: () => void set.delete(listener) };
}
