import { eventColumns, type LoggedEvent, toLoggedEvent } from '../../events/log.ts';
import { reasonNamed } from '../../events/reasons.ts';
import { parseTopicKey } from '../../events/topic.ts';
import type { Attention, Delivery, Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { mayHear } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { sendsMail } from '../../platform/mail.ts';
import { pageId } from '../../platform/validation.ts';
import { readersAmong, rolesOf, type TopicRefShape } from '../membership/access.ts';
import { type Decisions, decide } from './decide.ts';
import { requirePlace } from './places.ts';
import { comeThroughOf, factsOf } from './rows.ts';
import { type Channel, channels, defaultValue, type RuleValue, type RuleView, ranked, ruleView } from './rules.ts';
import { type AttentionSettings, digestPlanOf, settingsOf } from './settings.ts';
import { circumstancesOf, detailsOf, withImplied } from './telling.ts';
import { nextDigest } from './timing.ts';

/** A person's attention as they see it. */
export interface AttentionView {
  readonly userId: string;
  readonly row: Attention | null;
  readonly settings: AttentionSettings;
}

/** The viewer's. */
export async function attentionOf({ db, viewer: { userId }, config }: Context): Promise<AttentionView> {
  const row = await db.attention.findUnique({ where: { userId } });
  return { userId, row, settings: settingsOf(row, config.defaultTimeZone) };
}

/** How many alerts wait, and when the first of them is told at the latest; null: none waits for a time. */
export async function heldOf({ db, viewer: { userId } }: Context): Promise<{ count: number; nextAt: Date | null }> {
  const { _count: count, _min: min } = await db.delivery.aggregate({
    where: { userId, channel: 'ALERT', state: 'HELD' },
    _count: true,
    _min: { dueAt: true },
  });
  return { count, nextAt: min.dueAt };
}

/** When the viewer's next digest may go out; null: none does. */
export async function nextDigestAt(
  { db, clock, config }: Context,
  { userId, row }: AttentionView,
): Promise<Date | null> {
  const next = nextDigest(digestPlanOf(row, config), clock.now());
  if (!next || !sendsMail(config)) return null;
  const person = await db.user.findUnique({ where: { id: userId }, select: { email: true } });
  return person?.email == null ? null : next;
}

/** How many alerts came through today. */
export async function comeThrough({ db, clock, config }: Context, { row }: AttentionView): Promise<number> {
  if (!row) return 0;
  return (await comeThroughOf(db, [row], { now: clock.now(), config })).get(row.userId) ?? 0;
}

/** The viewer's rules and the workspace's, as decisions rank them; with `topic` those that hold there. */
export async function listRules(context: Context, topic: TopicRefShape | null | undefined): Promise<RuleView[]> {
  const topicId = topic == null ? undefined : await requirePlace(context.db, context.viewer, topic);
  const now = context.clock.now();
  const rules = (await rulesOf(context)).filter(({ until }) => until === null || until > now);
  return topicId === undefined ? rules : rules.filter((rule) => rule.topicId === null || rule.topicId === topicId);
}

async function rulesOf({ db, viewer }: Context): Promise<RuleView[]> {
  const { userId, workspaceId } = viewer;
  const rows = await db.rule.findMany({
    where: { OR: [{ userId }, { userId: null, workspaceId }] },
    orderBy: { id: 'asc' },
  });
  return rows.map(ruleView);
}

/** What holds for a kind of event in a place, and why. */
export interface Effective {
  readonly value: RuleValue;
  /** Null: no rule fits, so everything is on. */
  readonly rule: RuleView | null;
  /** Rules that fit too and gave way, the strongest first. */
  readonly over: readonly RuleView[];
}

/** @throws FORBIDDEN for a topic that is not the viewer's. */
export async function effective(
  context: Context,
  asked: {
    channel: Channel;
    topic?: TopicRefShape | null | undefined;
    eventType?: string | null | undefined;
    reason?: string | null | undefined;
  },
): Promise<Effective> {
  const topicId = asked.topic == null ? undefined : await requirePlace(context.db, context.viewer, asked.topic);
  const { channel, eventType: type, reason } = asked;
  const [rule = null, ...over] = ranked(await rulesOf(context), {
    ...{ channel, topicId, now: context.clock.now() },
    type: type ?? undefined,
    reason: reason ?? undefined,
  });
  return { value: rule?.value ?? defaultValue[channel], rule, over };
}

/** A page of what the viewer follows. Throws VALIDATION_ERROR for a cursor that is not of this list. */
export function listFollows(
  { db, viewer: { userId } }: Context,
  args: Parameters<typeof pageId>[0],
  query: Prisma.FollowFindManyArgs,
) {
  for (const field of ['after', 'before'] as const) {
    const cursor = args[field];
    if (cursor == null || placeOfFollow.test(Buffer.from(cursor, 'base64').toString('latin1'))) continue;
    throw new AppError('VALIDATION_ERROR', 'This is not a cursor of this list.', { field });
  }
  return db.follow.findMany({ ...query, where: { userId }, orderBy: [{ createdAt: 'desc' }, { topicId: 'desc' }] });
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** What Pothos writes; anything else would end in Prisma, as an INTERNAL_ERROR. */
const placeOfFollow = new RegExp(`^GPC:J:\\["${uuid}","${uuid}"\\]$`);

/** What the viewer chose, or came to follow; null: nothing. */
export function followOf({ db, viewer: { userId } }: Context, topicId: string, query: Prisma.FollowFindFirstArgs) {
  return db.follow.findFirst({ ...query, where: { userId, topicId } });
}

/** Which deliveries; what is absent does not restrict. */
export interface DeliveryFilter {
  readonly channels?: readonly Channel[] | null | undefined;
  readonly states?: readonly Delivery['state'][] | null | undefined;
}

/** A page of the viewer's deliveries that are kept, the newest first. */
export function listDeliveries(
  { db, viewer: { userId } }: Context,
  args: Parameters<typeof pageId>[0] & { filter?: DeliveryFilter | null | undefined },
  query: Prisma.DeliveryFindManyArgs,
) {
  pageId(args);
  const { channels: ofChannels, states } = args.filter ?? {};
  return db.delivery.findMany({
    ...query,
    where: {
      userId,
      ...(ofChannels && { channel: { in: [...ofChannels] } }),
      ...(states && { state: { in: [...states] } }),
    },
    orderBy: { id: 'desc' },
  });
}

/** Why somebody was told of an event, or was not. */
export interface Explanation {
  readonly event: LoggedEvent;
  readonly userId: string;
  /** One for each channel. Not kept, but made now, where nothing was decided at the time. */
  readonly deliveries: readonly Delivery[];
  /** Whether they were among those whom the event concerns. */
  readonly concerned: boolean;
}

const noSuchEvent = () => new AppError('NOT_FOUND', 'No such event, or no access to it.');

/**
 * What was decided about an event, for the viewer, or for somebody else when an ADMIN of the workspace asks.
 * @throws NOT_FOUND for an event that is not there, or which the viewer may not read; FORBIDDEN for somebody else's.
 */
export async function explain(
  context: Context,
  { eventId, userId }: { eventId: string; userId?: string | null | undefined },
): Promise<Explanation> {
  const { db, viewer } = context;
  const whose = userId ?? viewer.userId;
  const { workspaceId } = viewer;
  const person = isId(whose) ? await db.user.count({ where: { id: whose, workspaceId } }) : 0;
  const event = isId(eventId) && person > 0 ? await findEvent(context, eventId) : undefined;
  const deliveries = event
    ? await db.delivery.findMany({ where: { userId: whose, eventId: event.id }, orderBy: { channel: 'asc' } })
    : [];
  const isOwn = whose === viewer.userId;
  // Somebody who has lost the place since may still ask why they were told; the event itself tells them nothing more.
  const role = event && (await rolesOf(db, viewer, [event.topic])).get(event.topic);
  const mayRead = event && role && mayHear(role, event.kind);
  if (!event || !(mayRead || (isOwn && deliveries.length > 0))) throw noSuchEvent();
  if (deliveries.length > 0) return { event, userId: whose, deliveries: withImplied(deliveries), concerned: true };
  return { event, userId: whose, deliveries: await decideNow(context, event, whose), concerned: false };
}

async function findEvent({ services }: Context, id: string): Promise<LoggedEvent | undefined> {
  const [row] = await services.database.query<Parameters<typeof toLoggedEvent>[0]>(
    `SELECT ${eventColumns} FROM event WHERE id = $1::uuid AND home IS NULL`,
    [id],
  );
  const event = row && toLoggedEvent(row);
  const kind = event && services.events.get(event.kind);
  return kind && !kind.internal && kind.stream === undefined ? event : undefined;
}

/** What would be decided for somebody about whom nothing was: they did it themselves, or it did not concern them. */
async function decideNow({ db, clock, config }: Context, event: LoggedEvent, userId: string): Promise<Delivery[]> {
  const { id: topicId } = parseTopicKey(event.topic);
  const now = clock.now();
  const row = await db.attention.findUnique({ where: { userId } });
  const rows = new Map(row ? [[userId, row]] : []);
  const facts = (await factsOf(db, { userIds: [userId], topicId, rows, now, config })).get(userId);
  if (!facts) throw noSuchEvent();
  const decisions: Decisions = decide({
    event: { type: event.kind, topicId, critical: false },
    person: {
      isActor: event.actorId === userId,
      mayRead: (await readersAmong(db, topicId, [userId])).length > 0,
      isConcerned: false,
      hasMail: facts.hasMail,
    },
    reason: reasonNamed(''),
    ...circumstancesOf(facts, config),
    known: { looking: false, hasRead: false, snoozed: false },
    now,
  });
  return channels.map((channel) => ({
    id: `${event.id}:${channel}`,
    ...{ userId, eventId: event.id, channel, notificationId: null, topic: event.topic, type: event.kind, reason: '' },
    state: decisions[channel].state,
    decision: decisions[channel].branch,
    details: detailsOf(decisions[channel]) as Prisma.JsonObject,
    ...{ cancelled: null, version: facts.row?.version ?? 0, dueAt: null, createdAt: event.at },
    ...{ sentAt: null, seenAt: null, releaseId: null },
  }));
}
