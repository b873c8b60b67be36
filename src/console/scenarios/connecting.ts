import { BelfryError, type TokenSource } from '../../client/index.ts';
import { pingQuery } from '../documents/scenarios.ts';
import { tokenFor } from '../options.ts';
import { pause } from './line.ts';
import { holds, type Scenario, type Stage } from './stage.ts';

const everything = [{ kind: 'USER' as const }];
const invalid = { code: 4401, reason: 'Invalid authentication token' };

// The server takes no more connections from an address that tries too often without a good token, also not those of
// this page: 60 a minute unless it is set otherwise.
const refusedAMinute = 30;
const refusedAtMs: number[] = [];

/** Connects with a token that is to be refused: how the server closes the connection, acknowledging nothing. */
async function connectRefused(stage: Stage, authToken: string, expected: { code: number; reason: string }) {
  const sinceMs = performance.now() - 60_000;
  const [oldest] = refusedAtMs.filter((atMs) => atMs > sinceMs).slice(-refusedAMinute, -refusedAMinute + 1);
  if (oldest !== undefined) await pause(oldest - sinceMs, stage.signal);
  refusedAtMs.push(performance.now());
  const { follow, sockets } = stage.open(stage.author, { token: () => authToken });
  const error = await follow(everything).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  holds(error !== undefined, 'It was let in.');
  if (!BelfryError.is(error)) throw error;
  holds(error.code === 'UNAUTHORIZED', `The client says ${error.code} and not UNAUTHORIZED.`);
  const [close] = sockets.closes;
  holds(
    close?.code === expected.code && close.reason === expected.reason,
    `The server closed with ${close?.code} “${close?.reason}” and not ${expected.code} “${expected.reason}”.`,
  );
  holds(sockets.frames.length === 0, `The server said “${sockets.frames[0]?.type}” before.`);
}

export const connecting: readonly Scenario[] = [
  {
    name: 'T1',
    words: 'A valid token connects, with user id, connection id and topics; no error, and it stays.',
    async play({ author, open }) {
      const { client, sockets, follow } = open(author);
      await follow(everything);
      const [first] = sockets.frames;
      const { userId, sessionId, topicCount } = (first?.payload ?? {}) as Record<string, unknown>;
      holds(first?.type === 'connection_ack', `The first message is “${first?.type}”.`);
      holds(userId === author.id, 'It is connected as somebody else.');
      holds(typeof sessionId === 'string' && sessionId !== '', 'There is no connection id.');
      holds(typeof topicCount === 'number' && topicCount > 0, 'The server does not say how many topics there are.');
      await client.ping();
      holds(sockets.frames.every(({ type }) => type !== 'error') && sockets.closes.length === 0, 'It did not stay.');
      return `${topicCount} topics`;
    },
  },
  {
    name: 'T2',
    words: 'An invalid token is UNAUTHORIZED and disconnected: malformed, forged, without signature, expired.',
    async play(stage) {
      const { someone } = stage.author;
      const [header, payload] = someone.token.split('.');
      const unsigned = `${btoa('{"alg":"none"}').replaceAll('=', '')}.${payload}.`;
      for (const token of ['malformed', `${header}.${payload}.AAAA`, unsigned]) {
        await connectRefused(stage, token, invalid);
      }
      // One that was good once is closed with another code, after which a client comes back with a fresh one.
      const expired = await tokenFor(someone.externalId, -60_000);
      const token: TokenSource = ({ renew }) => (renew ? tokenFor(someone.externalId) : expired);
      const { follow, sockets } = stage.open(stage.author, { token });
      await follow(everything);
      const [close] = sockets.closes;
      holds(
        close?.code === 4403 && close.reason === 'Token expired',
        `The expired one was closed with ${close?.code} “${close?.reason}”.`,
      );
      return 'expired: back with a fresh one';
    },
  },
  {
    name: 'T3',
    words: 'No token is UNAUTHORIZED and disconnected.',
    async play(stage) {
      await connectRefused(stage, '', { code: 4401, reason: 'Missing authentication token' });
      return undefined;
    },
  },
];

export const roundTrip: Scenario = {
  name: 'T17',
  words: 'A ping is answered with a pong, and tells the latency.',
  async play({ author, open }) {
    const { client, follow, say } = open(author);
    await follow(everything);
    const ms = await client.ping();
    holds(ms < 5_000, `It took ${Math.round(ms)} ms.`);
    const { event, timestamp } = (await say(pingQuery, {})).ping;
    holds(event === 'pong', `The answer is “${event}”.`);
    holds(timestamp > 0, 'The answer does not say the time of the server.');
    return `there and back in ${ms.toFixed(1)} ms`;
  },
};
