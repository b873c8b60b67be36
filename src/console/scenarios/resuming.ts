import { sendMessage } from '../documents/conversation.ts';
import { deleteMessage, editMessage, limitsQuery, syncQuery } from '../documents/scenarios.ts';
import type { LimitsQuery } from '../generated/graphql.ts';
import type { Line } from './line.ts';
import { contentsOf, holds, isSame, type Scenario, type Stage, write } from './stage.ts';

export const missed: Scenario = {
  name: 'T16',
  words: 'After a lost connection everything that was missed comes, once and in order, by sync and by resuming.',
  async play({ talk }) {
    const { place, author, reader } = await talk();
    const known = await write(author.line, place, 'Known');
    const { cursor } = await reader.heard.next('MessageSent');
    // It is cut, and made again only when everything has happened.
    reader.line.client.disconnect();
    const missed: string[] = [];
    for (const content of ['One', 'Two', 'Three']) missed.push((await write(author.line, place, content)).id);
    const [, second = ''] = missed;
    await author.line.ask(editMessage, { input: { messageId: known.id, content: 'Edited meanwhile' } });
    await author.line.ask(deleteMessage, { input: { messageId: second } });
    const expected = [
      ...missed.map((id) => `MessageSent ${id}`),
      `MessageEdited ${known.id}`,
      `MessageDeleted ${second}`,
    ];
    const said = (items: readonly { __typename: string; message?: { id: string } }[]) =>
      items.flatMap(({ __typename, message }) => (message ? [`${__typename} ${message.id}`] : []));
    const before = reader.heard.all.length;

    const { sync } = await reader.line.ask(syncQuery, { topics: place.topics, since: [cursor] });
    holds(!sync.hasMore && isSame(said(sync.items), expected), `Sync says ${said(sync.items).length} of 5.`);
    reader.line.client.reconnect();
    await reader.heard.next('MessageDeleted');
    const resumed = said(reader.heard.all.slice(before));
    holds(isSame(resumed, expected), `${resumed.length} of 5 came, or in another order.`);
    return `${expected.length} replayed`;
  },
};

const mostConnections = 6;

export const across: Scenario = {
  name: 'T18',
  words: 'Between two servers behind one address; where one answers, between two of its connections.',
  async play({ author, reader, open, begin }) {
    const authors = open(author);
    const place = await begin(authors, [reader]);
    await authors.follow(place.topics);
    const here = authors.client.session?.instanceId;
    // A balancer hands out one server after the other, or by chance.
    let readers: Line | undefined;
    let heard: Awaited<ReturnType<Line['follow']>> | undefined;
    for (let tries = 0; tries < mostConnections; tries++) {
      readers?.close();
      readers = open(reader);
      heard = await readers.follow(place.topics);
      if (readers.client.session?.instanceId !== here) break;
    }
    if (!readers || !heard) throw new Error('There is no second connection.');
    const there = readers.client.session?.instanceId;
    const input = { conversationId: place.id, content: 'From one to the other' };
    const { id } = (await authors.say(sendMessage, { input })).sendMessage.message;
    await heard.next('MessageSent', ({ message }) => message.id === id);
    return there === here ? 'one server answers here: the tests show it with two' : 'two servers';
  },
};

const rates = ['operations.session', 'operations.person', 'messages.person'];
/** Beyond what the limits allow. */
const tooMany = 3;
/** A server that allows more at once is not told apart from one without limits. */
const mostSent = 100;

/** Whoever has most left of what a minute allows. */
async function sender({ author, reader, open }: Stage): Promise<Line> {
  const [one, other] = [open(author), open(reader)];
  const [left, othersLeft] = await Promise.all(
    [one, other].map(async (line) => leftOf(await line.ask(limitsQuery, {}))),
  );
  return (othersLeft ?? 0) > (left ?? 0) ? other : one;
}

/** How many more messages somebody may send; Infinity: nobody counts. */
function leftOf({ session }: LimitsQuery): number {
  return Math.min(...session.limits.filter(({ name }) => rates.includes(name)).map(({ remaining }) => remaining));
}

export const rapid: Scenario = {
  name: 'T20',
  words: 'Rapid sends are RATE_LIMITED, told for how long, until that time is over; then all have arrived.',
  async play(stage) {
    const line = await sender(stage);
    const place = await stage.begin(line);
    const heard = await line.follow(place.topics);
    const burst = leftOf(await line.say(limitsQuery, {})) + tooMany;
    holds(burst <= mostSent, 'Limits are off on this server (RATE_LIMITS=off), or too high to be reached here.');
    const contents = Array.from({ length: burst }, (_, nth) => `Message ${nth + 1}`);
    const sentAtMs = performance.now();
    // What is refused for a time the client sends again when that is over.
    const sending = contents.map((content) => {
      const input = { conversationId: place.id, content, idempotencyKey: crypto.randomUUID() };
      return line.say(sendMessage, { input });
    });
    await Promise.all(sending);
    const refusals = line.sockets.frames.filter(({ type }) => type === 'error');
    holds(refusals.length > 0, `All ${burst} were accepted at once.`);
    const waits = refusals.map(({ payload }) => {
      const [{ extensions = {} } = {}] = payload as [{ extensions?: Record<string, unknown> }?];
      holds(extensions.code === 'RATE_LIMITED', `One was refused with ${extensions.code}.`);
      holds(typeof extensions.retryAfterMs === 'number', 'It is not told for how long.');
      return extensions.retryAfterMs;
    });
    for (const _ of contents) await heard.next('MessageSent');
    const tookMs = performance.now() - sentAtMs;
    holds(tookMs >= Math.min(...waits), 'They were accepted before the time was over.');
    holds(isSame((await contentsOf(line, place)).sort(), contents.sort()), 'Some are missing, or there twice.');
    const waitMs = Math.max(...waits);
    return `${refusals.length} of ${burst} refused, for ${(waitMs / 1000).toFixed(1)} s`;
  },
};
