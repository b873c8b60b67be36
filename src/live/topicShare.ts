import type { Following } from '../events/reader.ts';
import type { TopicKey } from '../events/topic.ts';
import type { Audience, Services } from '../graphql/context.ts';
import type { LiveOperation, Member } from './operation.ts';
import type { Renderings } from './renderings.ts';
import { createGroup, type Group, groupKey } from './share.ts';

/** Everything this process does with one topic: its reader, its members, and the groups they form. */
export class TopicShare {
  readonly topic: TopicKey;
  readonly members = new Set<Member>();
  /** The topic's reader; set once it has been joined. */
  following!: Following;
  readonly #groups = new Map<string, { group: Group; holders: number }>();
  readonly #parts: { services: Services; renderings: Renderings };

  constructor(topic: TopicKey, parts: { services: Services; renderings: Renderings }) {
    this.topic = topic;
    this.#parts = parts;
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
