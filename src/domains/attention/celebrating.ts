import { append } from '../../events/append.ts';
import type { DueHandler } from '../../events/due.ts';
import { topicKey } from '../../events/topic.ts';
import type { Services } from '../../graphql/context.ts';
import { type Achieved, achievementEvents } from './events.ts';
import { lockAttention } from './rows.ts';
import { settingsOf } from './settings.ts';
import { stateOf } from './timing.ts';

/**
 * Due work of one person who achieved something a moment ago: tells it, unless they want none, were told of another within
 * CELEBRATION_INTERVAL_MS, or are paused, in focus or in their quiet hours. What is not told then is not told later.
 */
export function celebrateAchievement({ clock, config }: Pick<Services, 'clock' | 'config'>): DueHandler {
  return async (tx, { key: userId, data }) => {
    const now = clock.now();
    const { achievement, taskId, projectId } = data as unknown as Achieved;
    await tx.$executeRaw`
      INSERT INTO "Attention" ("userId", version) VALUES (${userId}::uuid, 0) ON CONFLICT ("userId") DO NOTHING`;
    const row = (await lockAttention(tx, [userId])).get(userId) ?? null;
    const settings = settingsOf(row, config.defaultTimeZone);
    if (settings.celebrations === 'OFF' || stateOf(settings, now).state !== 'OPEN') return null;
    const sinceMs = row?.celebratedAt ? now.getTime() - row.celebratedAt.getTime() : Number.POSITIVE_INFINITY;
    if (sinceMs < config.celebrationIntervalMs) return null;
    await tx.attention.update({ where: { userId }, data: { celebratedAt: now } });
    append(tx, topicKey('user', userId), achievementEvents.AchievementEarned, {
      achievement,
      style: settings.celebrations,
      finishedTaskId: taskId,
      finishedProjectId: achievement === 'PROJECT_DONE' ? projectId : null,
      projectId,
    });
    return null;
  };
}
