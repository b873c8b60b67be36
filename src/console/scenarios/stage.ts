import { BelfryError, type ErrorCode } from '../../client/index.ts';
import { createConversation } from '../documents/breaking.ts';
import { sendMessage } from '../documents/conversation.ts';
import { updateNotifications } from '../documents/inbox.ts';
import { handOver, leave, messagesOf } from '../documents/scenarios.ts';
import type { Cast, Member } from './cast.ts';
import type { Heard } from './heard.ts';
import { type HeardEvent, type Line, openLine, patiently } from './line.ts';
import { type Playable, until } from './runner.ts';

/** What a scenario plays on: people with connections of their own, and places nobody else is in. */
export interface Stage extends AsyncDisposable {
  /** Begins the conversations. */
  readonly author: Member;
  /** Is in them too. */
  readonly reader: Member;
  /** Is not, unless added. */
  readonly third: Member;
  /** Aborts when the scenario has to end. */
  readonly signal: AbortSignal;
  open(member: Member, options?: Parameters<typeof openLine>[2]): Line;
  /** A new conversation of these, begun by the first. */
  begin(by: Line, others?: readonly Member[]): Promise<Place>;
  /** A conversation of author and reader, who both follow it. */
  talk(): Promise<{ place: Place; author: Following; reader: Following }>;
}

/** One of the twenty. */
export interface Scenario extends Playable<Stage> {
  /** What is to hold, as the documents say it. */
  readonly words: string;
}

export interface Place {
  readonly id: string;
  /** As a subscription names it. */
  readonly topics: { kind: 'CONVERSATION'; id: string }[];
}

export interface Following {
  readonly line: Line;
  readonly heard: Heard<HeardEvent>;
}

// As long as limits may have to be waited for.
const tidyLimitMs = 75_000;

/** `nth`: hosts take turns, so that neither does more than the limits allow. */
export function openStage({ hosts, third, heir }: Cast, name: string, nth: number, signal: AbortSignal): Stage {
  const [author, reader] = nth % 2 === 0 ? hosts : [hosts[1], hosts[0]];
  const lines: Line[] = [];
  const begun: { id: string; owner: Member }[] = [];

  function open(...parameters: [Member, Parameters<typeof openLine>[2]?]): Line {
    const [member, options] = parameters;
    const line = openLine(member, signal, options);
    lines.push(line);
    return line;
  }

  async function begin(by: Line, others: readonly Member[] = []): Promise<Place> {
    const input = { kind: 'GROUP' as const, title: `Scenario ${name}`, participantIds: others.map(({ id }) => id) };
    const id = (await by.ask(createConversation, { input })).createConversation.conversation?.id;
    holds(id !== undefined, 'The conversation is not there.');
    begun.push({ id, owner: by.member });
    return { id, topics: [{ kind: 'CONVERSATION', id }] };
  }

  async function talk() {
    const authors = open(author);
    const readers = open(reader);
    const place = await begin(authors, [reader]);
    const [one, other] = await Promise.all([authors.follow(place.topics), readers.follow(place.topics)]);
    return { place, author: { line: authors, heard: one }, reader: { line: readers, heard: other } };
  }

  /** Nobody can delete a conversation, but everybody can be out of it, with nothing of it left in their inbox. */
  async function tidy(): Promise<void> {
    for (const line of lines) line.close();
    if (begun.length === 0 || !heir) return;
    const ending = AbortSignal.timeout(tidyLimitMs);
    const heirs = openLine(heir, ending);
    const inbox = await heirs.followInbox().catch(() => undefined);
    const were = new Set([author, reader, ...lines.map(({ member }) => member)]);
    await Promise.all([...were].map((member) => goes(member, heir, ending)));
    // The heir is told last of what happened there: nobody else is told of anything any more.
    for (const { id } of begun) {
      const isTold = inbox?.next('NotificationUpserted', ({ notification }) => notification?.topic?.id === id);
      await isTold?.catch(() => undefined);
    }
    heirs.close();
    const input = { filter: { topics: begun.map(({ id }) => id) }, action: 'DONE' as const };
    const deals = (client: Line['client']) => client.query(updateNotifications, { input });
    await Promise.all([...were, heir].map((member) => does(member, ending, deals)));
  }

  async function goes(member: Member, to: Member, ending: AbortSignal): Promise<void> {
    for (const { id: conversationId, owner } of begun) {
      const out = { leave: { conversationId } };
      const added = { topicId: conversationId, userId: to.id, role: 'OWNER' as const };
      await does(member, ending, (client) =>
        owner === member ? client.query(handOver, { ...out, heir: added }) : client.query(leave, out),
      );
    }
  }

  return { author, reader, third, signal, open, begin, talk, [Symbol.asyncDispose]: tidy };
}

/** Does something as somebody. False: it cannot be done, or the server is away. */
async function does(
  member: Member,
  ending: AbortSignal,
  run: (client: Line['client']) => Promise<unknown>,
): Promise<boolean> {
  const { client, close } = openLine(member, ending);
  try {
    await until(
      ending,
      patiently(ending, () => run(client)),
    );
    return true;
  } catch {
    return false;
  } finally {
    close();
  }
}

/** Throws these words unless it holds. */
export function holds(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}

/** What is refused with this code. Rejects when it is not, or for another reason. */
export async function refusal(code: ErrorCode, asked: Promise<unknown>): Promise<BelfryError> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  holds(error !== undefined, `It was accepted, and not refused with ${code}.`);
  if (!BelfryError.is(error)) throw error;
  holds(error.code === code, `It was refused with ${error.code} (${error.message}) and not with ${code}.`);
  return error;
}

/** Somebody writes a message, over HTTP. */
export async function write(by: Line, { id }: Place, content: string): Promise<{ id: string; content: string | null }> {
  return (await by.ask(sendMessage, { input: { conversationId: id, content } })).sendMessage.message;
}

/** Everything that is written there, as somebody reads it. */
export async function contentsOf(by: Line, { id }: Place): Promise<(string | null)[]> {
  return (await by.ask(messagesOf, { conversationId: id })).messages.nodes.map(({ content }) => content);
}

/** Whether two lists say the same. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
