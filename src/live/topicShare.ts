import type { Following } from '../events/reader.ts';
import type { TopicKey } from '../events/topic.ts';
import type { Audience, Services } from '../graphql/context.ts';
import type { Coalescer } from './coalesce.ts';
import { fewest, Merger, type Unit } from './merged.ts';
import type { LiveOperation, Member } from './operation.ts';
import type { Renderings } from './renderings.ts';
import { createGroup, type Group, groupKey } from './share.ts';

/** Everything this process does with one topic: its reader, its members, and the groups they form. */
export class TopicShare {
  readonly topic: TopicKey;
  readonly members = new Set<Member>();
  /** The topic's reader; set once it has been joined. */
  following!: Following;
  /** Holds back its pages, for streams that coalesce; they have a share of their own. */
  coalescer: Coalescer | undefined;
  #merger: Merger | undefined;
  readonly #groups = new Map<string, { group: Group; holders: number }>();
  readonly #parts: { services: Services; renderings: Renderings };

  constructor(topic: TopicKey, parts: { services: Services; renderings: Renderings }) {
    this.topic = topic;
    this.#parts = parts;
  }

  /** Those of the groups that are rendered together; the others are rendered each by itself. */
  unitsOf(groups: ReadonlyMap<Group, unknown>): Unit[] {
    // Most topics never have so many: they need no merger.
    if (groups.size < fewest && !this.#merger) return [];
    this.#merger ??= new Merger(this.#parts.services);
    return this.#merger.unitsOf(groups.keys());
  }

  /** The members as they are now, those of a group together: one after the other they are written the same bytes. */
  byGroup(): Member[] {
    if (this.#groups.size === 1) return [...this.members];
    const members = new Map<Group, Member[]>();
    for (const member of this.members) {
      const ofGroup = members.get(member.group);
      if (ofGroup) ofGroup.push(member);
      else members.set(member.group, [member]);
    }
    return [...members.values()].flat();
  }

  /**
   * For before an operation joins. Each group is one more execution of every event: one person with hundreds of them
   * would keep everybody else waiting (800 cost a topic 200 ms, 2026-11-20).
   * @throws AppError RATE_LIMITED where it would be one group too many of its person.
   */
  requireRoom(operation: LiveOperation, audience: Audience): void {
    const { config, limits } = this.#parts.services;
    const limit = config.wsMaxGroupsPerTopic;
    // Nobody has more groups than there are: mostly nothing is counted.
    if (this.#groups.size < limit) return;
    const { userId } = operation.viewer;
    const own = new Set<Group>();
    for (const member of this.members) if (member.operation.viewer.userId === userId) own.add(member.group);
    if (own.size < limit) return;
    const held = this.#groups.get(groupKey(operation.shared, audience));
    if (held && own.has(held.group)) return;
    throw limits.refusal({ name: 'groups.topic', limit, remaining: 0, resetAt: undefined });
  }

  /** The group of an operation for an audience; release it when the member moves or leaves. */
  takeGroup(operation: LiveOperation, audience: Audience): Group {
    const key = groupKey(operation.shared, audience);
    let held = this.#groups.get(key);
    if (!held) {
      held = { group: createGroup(this.#parts, operation.shared, audience), holders: 0 };
      this.#groups.set(key, held);
    }
    held.holders++;
    return held.group;
  }

  releaseGroup({ key }: Group): void {
    const held = this.#groups.get(key);
    if (held && --held.holders === 0) this.#groups.delete(key);
  }

  /** Moves a member to the group of another audience, before its next event. */
  regroup(member: Member, audience: Audience): void {
    const group = this.takeGroup(member.operation, audience);
    this.releaseGroup(member.group);
    member.group = group;
    member.audience = audience;
  }

  get groupCount(): number {
    return this.#groups.size;
  }
}
