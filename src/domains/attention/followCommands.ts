import { wantEveryEvent } from '../../events/append.ts';
import { type TopicKindName, topicKey } from '../../events/topic.ts';
import type { Context } from '../../graphql/context.ts';
import { parseInput } from '../../platform/validation.ts';
import type { TopicRefShape } from '../membership/access.ts';
import { type AttentionResult, changeWith } from './commands.ts';
import { comingMoment } from './input.ts';
import { requirePlace } from './places.ts';

/** What somebody can choose; NONE is what unfollowing leaves. */
export const followLevels = {
  ALL: {
    description:
      'You are told of everything that happens there, also when it does not concern you: tasks, comments, ratings, publications, and who comes and goes; not of every correction.',
  },
  PARTICIPATING: { description: 'You are told of what you take part in, and of what is meant for you.' },
  MUTED: { description: 'You are told of nothing there, but for what the workspace insists on.' },
} as const;
export type FollowLevelName = keyof typeof followLevels;

/** What follow and unfollow answer. */
export interface FollowResult extends AttentionResult {
  readonly topicId: string;
}

/**
 * Chooses how much the viewer hears of a topic; `until` absent: until it is changed. Nothing automatic changes it.
 * @throws FORBIDDEN for a topic that is not theirs, VALIDATION_ERROR for a moment that is past.
 */
export async function follow(
  context: Context,
  input: { topic: TopicRefShape; level: FollowLevelName; until?: Date | null | undefined },
): Promise<FollowResult> {
  const until = parseInput(comingMoment(context.clock.now()), input.until) ?? null;
  return choose(context, input.topic, { level: input.level, until });
}

/** From here on the viewer is told only of what is meant for them in person. Throws as {@link follow} does. */
export function unfollow(context: Context, input: { topic: TopicRefShape }): Promise<FollowResult> {
  return choose(context, input.topic, { level: 'NONE', until: null });
}

function choose(
  context: Context,
  topic: TopicRefShape,
  { level, until }: { level: FollowLevelName | 'NONE'; until: Date | null },
): Promise<FollowResult> {
  const { userId } = context.viewer;
  return changeWith(context, 'FOLLOWS', async (tx, _row, now) => {
    const topicId = await requirePlace(tx, context.viewer, topic);
    const data = { level, until, explicit: true, origin: null };
    if (level === 'ALL') await wantEveryEvent(tx, topicKey(topic.kind.toLowerCase() as TopicKindName, topicId));
    await tx.follow.upsert({
      where: { userId_topicId: { userId, topicId } },
      create: { userId, topicId, createdAt: now, ...data },
      update: data,
      select: { userId: true },
    });
    return { columns: {}, result: { topicId } };
  });
}
