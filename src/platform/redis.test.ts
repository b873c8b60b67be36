import { once } from 'node:events';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, inject, it, vi } from 'vitest';
import { openDoor } from '../../test/support/door.ts';
import { waitLimitMs } from '../../test/support/waiting.ts';
import { openRedis, type RedisConnections } from './redis.ts';

const until = (isSo: () => boolean | Promise<boolean>) => vi.waitUntil(isSo, { timeout: waitLimitMs });

const bothReady = ({ publisher, subscriber }: RedisConnections) =>
  publisher.status === 'ready' && subscriber.status === 'ready';

/** The run's Redis behind a door that can be shut. */
const door = () => openDoor(inject('redisUrl'));

function logOf() {
  const lines: { level: string; role?: string; msg: string }[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { log: pino({ formatters: { level: (level) => ({ level }) } }, stream), lines };
}

async function open(redisUrl: string, log = logOf().log) {
  const redis = await openRedis({ redisUrl, redisPrefix: 'test:' }, log);
  if (!redis) throw new Error('no connections');
  return redis;
}

describe('Redis', () => {
  it('is not used where none is configured', async () => {
    expect(await openRedis({ redisUrl: undefined, redisPrefix: 'test:' }, logOf().log)).toBeUndefined();
  });

  it('can be closed in the moment in which it subscribes again, without an unhandled rejection', async () => {
    await using doorway = await door();
    const redis = await open(doorway.url);
    await redis.subscriber.subscribe('test:again');
    const rejections: unknown[] = [];
    const note = (reason: unknown) => void rejections.push(reason);
    process.on('unhandledRejection', note);
    try {
      await doorway.shut();
      const again = once(redis.subscriber, 'ready').then(() => redis.subscriber.disconnect());
      const ended = once(redis.subscriber, 'end');
      await doorway.open();
      await Promise.all([again, ended]);
      await redis[Symbol.asyncDispose]();
      await new Promise((resolve) => setImmediate(resolve));
      expect(rejections).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('is ready when openRedis answers, and carries what is published', async () => {
    await using redis = await open(inject('redisUrl'));
    expect([redis.publisher.status, redis.subscriber.status, redis.prefix]).toEqual(['ready', 'ready', 'test:']);
    const channel = `test:${crypto.randomUUID()}`;
    const heard = once(redis.subscriber, 'message');
    await redis.subscriber.subscribe(channel);
    await redis.publisher.publish(channel, 'hello');
    expect(await heard).toEqual([channel, 'hello']);
  });

  it('refuses publishing at once while it is away, and delivers again after it is back, each time', async () => {
    await using gate = await door();
    const { log, lines } = logOf();
    await using redis = await open(gate.url, log);
    await using direct = await open(inject('redisUrl'));
    const channel = `test:${crypto.randomUUID()}`;
    const listeners = async () => Number((await direct.publisher.pubsub('NUMSUB', channel))[1]);
    const heard: string[] = [];
    redis.subscriber.on('message', (_channel, message) => heard.push(message));
    await redis.subscriber.subscribe(channel);
    for (const round of ['first', 'second', 'third']) {
      await gate.shut();
      await until(() => redis.publisher.status !== 'ready' && redis.subscriber.status !== 'ready');
      await expect(redis.publisher.publish(channel, 'lost')).rejects.toThrow();
      // Redis has noticed too: a connection that is gone must not pass for the new one.
      await until(async () => (await listeners()) === 0);
      await gate.open();
      await until(() => bothReady(redis));
      // Subscribing again is on its way when `ready` is told; the channel has its listener once Redis says so.
      await until(async () => (await listeners()) === 1);
      await redis.publisher.publish(channel, round);
      // Here too: what is on its way when the door shuts is lost, and nobody promised otherwise.
      await until(() => heard.at(-1) === round);
    }
    expect(heard).toEqual(['first', 'second', 'third']);
    const said = lines.map(({ level, role, msg }) => `${level} ${role} ${msg}`).sort();
    expect(said).toEqual([
      ...Array(3).fill('info publisher the connection to Redis is back'),
      ...Array(3).fill('info subscriber the connection to Redis is back'),
      ...Array(3).fill('warn publisher the connection to Redis is lost; trying again'),
      ...Array(3).fill('warn subscriber the connection to Redis is lost; trying again'),
    ]);
  });

  it('makes a subscription that was refused once it is allowed, at first and after a cut', async () => {
    await using gate = await door();
    await using direct = await open(inject('redisUrl'));
    const { publisher } = direct;
    const [user, channel] = [`user-${crypto.randomUUID()}`, `test:${crypto.randomUUID()}`];
    const allow = (...rules: string[]) => publisher.acl('SETUSER', user, ...rules);
    const listeners = async () => Number((await publisher.pubsub('NUMSUB', channel))[1]);
    const url = new URL(gate.url);
    [url.username, url.password] = [user, 'secret'];
    await allow('on', '>secret', '~*', '+@all', 'resetchannels');
    try {
      await using redis = await open(url.href);
      await expect(redis.subscriber.subscribe(channel)).rejects.toThrow(/NOPERM/);
      await allow('allchannels');
      await until(async () => (await listeners()) === 1);
      await gate.shut();
      await until(async () => redis.subscriber.status !== 'ready' && (await listeners()) === 0);
      await allow('resetchannels');
      await gate.open();
      await until(() => redis.subscriber.status === 'ready');
      await allow('allchannels');
      await until(async () => (await listeners()) === 1);
      await redis.subscriber.unsubscribe(channel);
      await gate.shut();
      await until(() => redis.subscriber.status !== 'ready');
      await gate.open();
      const fence = `test:${crypto.randomUUID()}`;
      await redis.subscriber.subscribe(fence);
      expect(await listeners()).toBe(0);
    } finally {
      await publisher.acl('DELUSER', user);
    }
  });

  it('takes a subscription while it is away, and makes it when it is back', async () => {
    await using gate = await door();
    await using redis = await open(gate.url);
    await gate.shut();
    await until(() => redis.subscriber.status !== 'ready');
    const channel = `test:${crypto.randomUUID()}`;
    const subscribed = redis.subscriber.subscribe(channel);
    await gate.open();
    expect(await subscribed).toBe(1);
  });

  it('that cannot be reached does not keep the server from starting, with a warning, nor from ending', async () => {
    await using gate = await door();
    await gate.shut();
    const { log, lines } = logOf();
    const redis = await open(gate.url, log);
    expect(lines.at(-1)?.msg).toMatch(/^Redis is not there; going on without it/);
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(3);
    await gate.open();
    await until(() => bothReady(redis));
    await gate.shut();
    await until(() => redis.publisher.status !== 'ready' && redis.subscriber.status !== 'ready');
    await redis[Symbol.asyncDispose]();
    const said = lines.length;
    await gate.open();
    // The door would have been used by now: other connections through it come and go.
    await using other = await open(gate.url);
    expect(other.publisher.status).toBe('ready');
    expect([redis.publisher.status, redis.subscriber.status]).not.toContain('ready');
    expect(lines).toHaveLength(said);
  });

  it('is left completely when it is disposed', async () => {
    const redis = await open(inject('redisUrl'));
    await redis[Symbol.asyncDispose]();
    expect([redis.publisher.status, redis.subscriber.status]).toEqual(['end', 'end']);
  });
});
