import { z } from 'zod';
import { scheduleEarlier } from '../../events/due.ts';
import { reasons } from '../../events/reasons.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Context } from '../../graphql/context.ts';
import { roleMay } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { isId, newId } from '../../platform/ids.ts';
import { ids, parseInput } from '../../platform/validation.ts';
import type { TopicRefShape } from '../membership/access.ts';
import { type AttentionResult, changeWith } from './commands.ts';
import { comingMoment } from './input.ts';
import { requirePlace } from './places.ts';
import { type Channel, channels, type RuleValue, ruleKey, valuesOf } from './rules.ts';
import { attentionDue } from './telling.ts';

/** Rules that can be named at once. */
const mostNamed = 100;

/** What a rule is to be; what is absent does not restrict. */
export interface SetRuleInput {
  channel: Channel;
  value: RuleValue;
  eventType?: string | null | undefined;
  reason?: string | null | undefined;
  topic?: TopicRefShape | null | undefined;
  until?: Date | null | undefined;
  /** Absent: the viewer's own. */
  workspace?: boolean | null | undefined;
  mandatory?: boolean | null | undefined;
}

/** What setRule answers. */
export interface RuleResult extends AttentionResult {
  readonly ruleId: string;
}

/**
 * Sets one rule of the viewer's, or with `workspace` of everybody: the one with these very restrictions is replaced.
 * @throws VALIDATION_ERROR for a value the channel does not have, an unknown kind or reason, a moment that is past, a
 * mandatory rule that is not the workspace's, and one rule too many; FORBIDDEN for a topic that is not theirs, and for
 * rules of the workspace of whoever may not manage it.
 */
export async function setRule(context: Context, input: SetRuleInput): Promise<RuleResult> {
  const { workspace = false, mandatory = false, ...wanted } = parseInput(schemaFor(context), input);
  if (!(valuesOf[wanted.channel] as readonly string[]).includes(wanted.value)) {
    const values = valuesOf[wanted.channel].join(', ');
    throw new AppError('VALIDATION_ERROR', `value of ${wanted.channel} must be one of ${values}.`, { field: 'value' });
  }
  if (mandatory && (!workspace || wanted.value === 'BATCH')) {
    throw new AppError('VALIDATION_ERROR', 'mandatory is for rules of the workspace, and none of them says BATCH.', {
      field: 'mandatory',
    });
  }
  const ruleId = newId();
  const { viewer } = context;
  const save = async (tx: Tx, createdAt: Date) => {
    const topicId = input.topic == null ? null : await requirePlace(tx, viewer, input.topic);
    const rule = {
      channel: wanted.channel,
      eventType: wanted.eventType ?? null,
      reason: wanted.reason ?? null,
      topicId,
      mandatory: mandatory ?? false,
    };
    const ownerId = workspace ? viewer.workspaceId : viewer.userId;
    const key = ruleKey({ ownerId, ...rule });
    await requireRoom(tx, context, workspace ? null : viewer.userId, key);
    const data = {
      ...rule,
      id: ruleId,
      key,
      value: wanted.value,
      until: wanted.until ?? null,
      workspaceId: viewer.workspaceId,
      userId: workspace ? null : viewer.userId,
      createdAt,
    };
    await tx.rule.upsert({ where: { key }, create: data, update: data, select: { id: true } });
  };
  if (!workspace) {
    return changeWith(context, 'RULES', async (tx, _row, now) => {
      await save(tx, now);
      return { columns: {}, result: { ruleId } };
    });
  }
  requireSettings(context);
  return context.transaction(async (tx) => {
    await save(tx, context.clock.now());
    await decideAllAgain(tx, context);
    return { ruleId, released: 0, eventId: null };
  });
}

function schemaFor({ clock, services }: Context) {
  return z.object({
    channel: z.enum(channels),
    value: z.enum(['ON', 'OFF', 'BATCH', 'DIGEST']),
    eventType: z
      .string()
      .refine((kind) => services.events.get(kind)?.notify !== undefined, 'is a kind of which nobody is told')
      .nullish(),
    reason: z
      .string()
      .refine((name) => Object.hasOwn(reasons, name), 'is no reason')
      .nullish(),
    until: comingMoment(clock.now()),
    workspace: z.boolean().nullish(),
    mandatory: z.boolean().nullish(),
  });
}

function requireSettings({ workspaceRole }: Context): void {
  if (!roleMay(workspaceRole, 'workspace:manage-rules')) {
    throw new AppError('FORBIDDEN', 'You may not set rules of the workspace.');
  }
}

async function requireRoom(tx: Tx, { config, viewer }: Context, userId: string | null, key: string): Promise<void> {
  const others = await tx.rule.count({ where: { userId, workspaceId: viewer.workspaceId, key: { not: key } } });
  if (others < config.attentionMaxRules) return;
  throw new AppError('VALIDATION_ERROR', `There are ${others} rules already, the most there can be.`);
}

/**
 * Takes away the viewer's own rules, or with `workspace` everybody's: those with this channel and topic, or all.
 * @throws FORBIDDEN for a topic that is not theirs, and as {@link setRule} does.
 */
export async function resetRules(
  context: Context,
  input: {
    channel?: Channel | null | undefined;
    topic?: TopicRefShape | null | undefined;
    ids?: readonly string[] | null | undefined;
    workspace?: boolean | null | undefined;
  },
): Promise<AttentionResult> {
  const { viewer } = context;
  const ruleIds = input.ids && parseInput(ids(mostNamed), input.ids).filter(isId);
  const remove = async (tx: Tx) => {
    const topicId = input.topic == null ? undefined : await requirePlace(tx, viewer, input.topic);
    const { count } = await tx.rule.deleteMany({
      where: {
        userId: input.workspace ? null : viewer.userId,
        workspaceId: viewer.workspaceId,
        ...(input.channel && { channel: input.channel }),
        ...(ruleIds && { id: { in: ruleIds } }),
        ...(topicId && { topicId }),
      },
    });
    return count;
  };
  if (!input.workspace) {
    return changeWith(context, 'RULES', async (tx) => ({ columns: (await remove(tx)) > 0 ? {} : null, result: {} }));
  }
  requireSettings(context);
  return context.transaction(async (tx) => {
    if ((await remove(tx)) > 0) await decideAllAgain(tx, context);
    return { released: 0, eventId: null };
  });
}

/** After a rule of everybody's has changed: whoever has something held is looked at. */
async function decideAllAgain(tx: Tx, { viewer: { workspaceId }, clock }: Context): Promise<void> {
  // Not Prisma's distinct, which fetches every row that is held.
  const holding = await tx.$queryRaw<{ userId: string }[]>`
    SELECT DISTINCT d."userId" FROM "Delivery" d JOIN "User" u ON u.id = d."userId"
    WHERE d.state = 'HELD' AND u."workspaceId" = ${workspaceId}::uuid`;
  const dueAt = clock.now();
  await scheduleEarlier(
    tx,
    attentionDue.rules,
    holding.map(({ userId: key }) => ({ key, dueAt })),
  );
}
