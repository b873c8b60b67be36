import type { Head } from '../events/cursor.ts';
import type { Followers } from '../events/follow.ts';
import type { LoggedEvent } from '../events/log.ts';
import { parseTopicKey, type TopicKey } from '../events/topic.ts';
import type { Audience, Services, Viewer } from '../graphql/context.ts';
import type { TopicEntry } from '../graphql/stream.ts';
import { createCoalescer } from './coalesce.ts';
import { type LiveOperation, Member } from './operation.ts';
import { createRenderings } from './renderings.ts';
import { forbidden } from './start.ts';
import { TopicShare } from './topicShare.ts';

/** The topics this process follows, each with its members; a topic is followed for as long as it has any. */
export interface TopicShares {
  /**
   * Gives an operation a place in a topic. `epoch` is the operation's from before access was read. Undefined when the
   * operation has ended meanwhile, or has a place there already.
   * @throws AppError FORBIDDEN for an entry without a role, RATE_LIMITED where it would be one group too many.
   */
  join(operation: LiveOperation, epoch: number, entry: TopicEntry, place: Head): Promise<Member | undefined>;
  /** Takes a member out; nothing happens when it is gone. */
  leave(member: Member): void;
  /** The share of a member; undefined when it is gone. */
  of(member: Member): TopicShare | undefined;
  /** The share whose pages are not held back; undefined when nobody follows the topic. */
  get(topic: TopicKey): TopicShare | undefined;
  all(): Iterable<TopicShare>;
}

/** `deliver` hands a page of a topic to its members; it never rejects. */
export function createTopicShares(parts: {
  services: Services;
  followers: Followers;
  deliver: (share: TopicShare, page: readonly LoggedEvent[], rungAtMs: number | undefined) => Promise<void>;
}): TopicShares {
  const { services, followers } = parts;
  const renderings = createRenderings();
  const shares = new Map<string, TopicShare>();
  const starting = new Map<string, Promise<TopicShare>>();

  /** The share of a topic, following it from now on. */
  async function shareOf(topic: TopicKey, coalesceMs: number | null): Promise<TopicShare> {
    const key = shareKey(topic, coalesceMs);
    const existing = shares.get(key);
    if (existing) return existing;
    let promise = starting.get(key);
    if (!promise) {
      promise = startShare(topic, coalesceMs).finally(() => starting.delete(key));
      starting.set(key, promise);
    }
    return promise;
  }

  async function startShare(topic: TopicKey, coalesceMs: number | null): Promise<TopicShare> {
    const share = new TopicShare(topic, { services, renderings });
    const deliver = (page: readonly LoggedEvent[], rungAtMs: number | undefined) =>
      parts.deliver(share, page, rungAtMs);
    if (coalesceMs !== null) {
      const { clock, events } = services;
      share.coalescer = createCoalescer({ ms: coalesceMs, clock, registry: events, deliver });
    }
    share.following = await followers.follow(topic, share.coalescer?.accept ?? deliver);
    shares.set(shareKey(topic, coalesceMs), share);
    return share;
  }

  function closeIfIdle(key: string, share: TopicShare): void {
    if (share.members.size > 0) return;
    share.following[Symbol.dispose]();
    share.coalescer?.[Symbol.dispose]();
    shares.delete(key);
  }

  return {
    async join(operation, epoch, entry, place) {
      const { coalesceMs } = operation.plan;
      const key = shareKey(entry.topic, coalesceMs);
      let share = await shareOf(entry.topic, coalesceMs);
      // Its last member may have left, and closed it, between the promise and this turn.
      while (shares.get(key) !== share) share = await shareOf(entry.topic, coalesceMs);
      if (operation.ended || operation.members.has(entry.topic)) {
        closeIfIdle(key, share);
        return undefined;
      }
      const audience = audienceOf(entry, operation.viewer);
      share.requireRoom(operation, audience);
      const member = new Member(operation, entry, { place, audience, group: share.takeGroup(operation, audience) });
      // The role changed between the reading of access and this turn, in which askAgain() would have found it.
      member.mustAsk = operation.accessEpoch !== epoch;
      share.members.add(member);
      operation.members.set(entry.topic, member);
      return member;
    },
    leave(member) {
      if (member.state === 'gone') return;
      member.state = 'gone';
      member.operation.members.delete(member.topic);
      member.operation.settled(member);
      const key = keyOf(member);
      const share = shares.get(key);
      if (!share?.members.delete(member)) return;
      share.releaseGroup(member.group);
      closeIfIdle(key, share);
    },
    of: (member) => (member.state === 'gone' ? undefined : shares.get(keyOf(member))),
    get: (topic) => shares.get(topic),
    all: () => shares.values(),
  };
}

/** Streams that coalesce a topic have a share of it of their own, whose pages are held back. */
function shareKey(topic: TopicKey, coalesceMs: number | null): string {
  return coalesceMs === null ? topic : `${topic} ${coalesceMs}`;
}

function keyOf({ topic, operation }: Member): string {
  return shareKey(topic, operation.plan.coalesceMs);
}

function audienceOf(entry: TopicEntry, viewer: Viewer): Audience {
  if (entry.role === null) throw forbidden(parseTopicKey(entry.topic));
  const { topic, role, workspaceRole } = entry;
  return { workspaceId: viewer.workspaceId, workspaceRole, topic, topicRole: role };
}
