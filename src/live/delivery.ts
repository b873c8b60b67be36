import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventRegistry } from '../events/define.ts';
import type { EventLog, LoggedEvent } from '../events/log.ts';
import type { StreamPlan } from '../graphql/stream.ts';
import { accessChangeOf, ruleOn } from './access.ts';
import { foldPage, type ToldEvent } from './fold.ts';
import { type Parcel, parcelOf } from './frames.ts';
import type { Measures, PageMeasures } from './measures.ts';
import type { Unit } from './merged.ts';
import type { Member } from './operation.ts';
import type { Group } from './share.ts';
import type { TopicShare } from './topicShare.ts';

/** What delivery asks the hub to do with a member. */
export interface MemberActions {
  /** The member may no longer read the topic: nothing more is written but the news of it. */
  lose(member: Member): Promise<void>;
  /** The topic is gone: the stream of it completes. */
  complete(member: Member): Promise<void>;
  /** An event of a newer release: the stream ends with a retryable error, to be resumed on a newer server. */
  outdated(member: Member): void;
  /** Lets the member catch up from the log and rejoin. */
  catchUp(member: Member): void;
  /** Topics were gained or lost, as a copy in the person's own topic says. */
  reconcile(member: Member): void;
}

/** Executions of one page that may run at once; a page of 200 must not take the whole pool. */
const concurrentRenderings = 16;
/**
 * Members between two turns of the loop: 128 take 1 to 2 ms, and a command of this process waits that long for each of
 * its five or six answers from the database. A turn costs nothing that bench fan-out could see (2026-11-25).
 */
const membersPerTurn = 128;

/**
 * Hands a page of the reader to the members that are live.
 *
 * Rows are read as they are now, not as they were at the event. So a removal that is already committed is applied
 * before anything is rendered when it stands in the page, and before anything is written when it came while
 * rendering: nothing that was committed after somebody's removal reaches them.
 */
export async function deliverPage(
  share: TopicShare,
  page: readonly LoggedEvent[],
  rungAtMs: number | undefined,
  parts: { eventLog: EventLog; registry: EventRegistry; actions: MemberActions; measures: Measures },
): Promise<void> {
  const { actions, registry } = parts;
  const told = share.coalescer ? foldPage(registry, page) : page;
  const measured = parts.measures.page(page, rungAtMs);
  if (hasUnknownKind(registry, page)) {
    for (const member of [...share.members]) if (member.state === 'live') actions.outdated(member);
    return;
  }
  for (let from = 0; from < told.length; from += concurrentRenderings) {
    const slice = told.slice(from, from + concurrentRenderings);
    // The rest of the page is known already: its losses count before the first rendering.
    await applyAccess(share, page, parts);
    const rendered = await renderFor(share, slice);
    await applyLaterAccess(share, page.at(-1)?.seq ?? 0, parts);
    await write(share, slice, rendered, { actions, measured });
  }
  measured.done();
  for (const event of page) {
    const change = accessChangeOf(registry, event);
    if (!change) continue;
    for (const member of [...share.members]) {
      if (event.home !== null && member.operation.expands) actions.reconcile(member);
      if (change.effect === 'ended' && member.seq >= event.seq) await actions.complete(member);
    }
  }
}

/** Whether a page holds a kind this release does not know: skipping it would be a silent gap. */
export function hasUnknownKind(registry: EventRegistry, page: readonly LoggedEvent[]): boolean {
  return page.some(({ kind }) => !registry.has(kind));
}

/** Ends or regroups the members that `events` concern. */
async function applyAccess(
  share: TopicShare,
  events: readonly LoggedEvent[],
  { registry, actions, measures }: { registry: EventRegistry; actions: MemberActions; measures: Measures },
): Promise<void> {
  const relevant = events.filter((event) => event.home === null && accessChangeOf(registry, event));
  const last = relevant.at(-1);
  if (!last) return;
  const lost: Member[] = [];
  for (const member of share.members) {
    if (member.state !== 'live' || member.accessSeq >= last.seq) continue;
    const ruling = ruleOn(registry, relevant, member, member.audience.topicRole);
    member.accessSeq = last.seq;
    if (ruling.verdict === 'lost') lost.push(member);
    if (ruling.verdict === 'role') share.regroup(member, { ...member.audience, topicRole: ruling.role });
  }
  await Promise.all(lost.map((member) => actions.lose(member)));
  if (lost.length > 0) measures.lost(last.at, lost.length);
}

/** Access changes after `from` that were committed while something was rendered: applied before it is written. */
export async function applyLaterAccess(
  share: TopicShare,
  from: number,
  parts: { eventLog: EventLog; registry: EventRegistry; actions: MemberActions; measures: Measures },
): Promise<void> {
  let seq = from;
  const accessSeq = await parts.eventLog.accessSeq(share.topic);
  while (seq < accessSeq) {
    const later = await parts.eventLog.after(share.topic, seq);
    await applyAccess(share, later, parts);
    const last = later.at(-1);
    if (!last) return;
    seq = last.seq;
  }
}

type Rendered = Map<Group, ReadonlyMap<number, Parcel>>;

/** Renders each event once for every group of which a live member wants it. */
async function renderFor(share: TopicShare, events: readonly ToldEvent[]): Promise<Rendered> {
  const wanted = new Map<Group, Set<ToldEvent>>();
  for (const member of share.members) {
    if (member.state !== 'live') continue;
    const ofGroup = wanted.get(member.group) ?? new Set();
    wanted.set(member.group, ofGroup);
    if (ofGroup.size === events.length) continue;
    for (const event of events) if (event.seq > member.seq && member.wants(event)) ofGroup.add(event);
  }
  for (const [group, { size }] of wanted) if (size === 0 || slowGroups.has(group)) wanted.delete(group);
  const rendered: Rendered = new Map();
  const grace = createGrace();

  // A document that fails, or is slow, concerns its own members only: without a payload they catch up.
  async function renderOne(group: Group): Promise<void> {
    const ofGroup = wanted.get(group) ?? [];
    const startedAtMs = performance.now();
    const payloads = Promise.all([...ofGroup].map(async (event) => [event.seq, await group.render(event)] as const));
    const inTime = await Promise.race([payloads.catch(() => undefined), grace.over]);
    if (inTime) {
      rendered.set(group, new Map(inTime));
      grace.begin(startedAtMs);
    } else if (grace.isOver) setAside(group);
  }

  async function renderTogether(unit: Unit): Promise<void> {
    const startedAtMs = performance.now();
    const parcels = new Map(unit.groups.map((group) => [group, new Map<number, Parcel>()]));
    for (const event of events) {
      // Each renders by itself now; to try another event would keep them waiting as long again: 16 s for a page, not one.
      if (parcels.size === 0) break;
      if (!unit.groups.some((group) => wanted.get(group)?.has(event))) continue;
      const ofEvent = await unit.render(event);
      for (const [group, ofGroup] of parcels) {
        const parcel = ofEvent.get(group);
        if (parcel) ofGroup.set(event.seq, parcel);
        else parcels.delete(group);
      }
    }
    for (const [group, ofGroup] of parcels) rendered.set(group, ofGroup);
    if (parcels.size > 0) grace.begin(startedAtMs);
    await Promise.all(unit.groups.filter((group) => !parcels.has(group)).map(renderOne));
  }

  const units = share.unitsOf(wanted);
  const together = new Set(units.flatMap(({ groups }) => groups));
  const alone = [...wanted.keys()].filter((group) => !together.has(group));
  await Promise.all([...units.map(renderTogether), ...alone.map(renderOne)]);
  grace.end();
  return rendered;
}

/** A group that kept others waiting is not waited for again for so long: its members catch up by themselves. */
const setAsideMs = 5_000;
const shortestGraceMs = 200;
const slowGroups = new WeakSet<Group>();

function setAside(group: Group): void {
  slowGroups.add(group);
  setTimeout(() => slowGroups.delete(group), setAsideMs).unref();
}

/**
 * How long the groups of a page wait for each other: once the first is rendered, eight times as long as that took, at
 * least 200 ms. Otherwise one member with many heavy documents would slow everybody on the topic.
 */
function createGrace() {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  let timer: NodeJS.Timeout | undefined;
  const grace = {
    over,
    isOver: false,
    /** With the time at which it was begun to render what is rendered now: not together with others before. */
    begin(startedAtMs: number): void {
      if (timer) return;
      const tookMs = performance.now() - startedAtMs;
      timer = setTimeout(
        () => {
          grace.isOver = true;
          resolve(undefined);
        },
        Math.max(shortestGraceMs, 8 * tookMs),
      );
    },
    end: () => clearTimeout(timer),
  };
  return grace;
}

/** Whoever gets the event has passed everything before this number. */
const startOf = ({ seq, coversFrom = seq }: ToldEvent): number => coversFrom;

async function write(
  share: TopicShare,
  events: readonly ToldEvent[],
  rendered: Rendered,
  { actions, measured }: { actions: MemberActions; measured: PageMeasures },
): Promise<void> {
  const counts = new Uint32Array(events.length);
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return;
  const whole = wholeParcels(events, rendered);
  let visited = 0;
  for (const member of share.byGroup()) {
    if (member.state !== 'live') continue;
    // Almost everybody gets all of it, in one piece. Numbers of a page have no holes.
    const parcel = member.seq + 1 === startOf(first) ? whole(member) : undefined;
    if (!parcel) writeEach(member, events, rendered.get(member.group), { actions, counts });
    else if (!member.operation.sink.ready) actions.catchUp(member);
    else {
      member.pass(last, parcel);
      for (let nth = 0; nth < counts.length; nth++) counts[nth] = (counts[nth] ?? 0) + 1;
    }
    if (++visited % membersPerTurn > 0) continue;
    measured.wrote(events, counts);
    await nextTurn();
  }
  measured.wrote(events, counts);
}

/** The parcel of all events for a member who wants each of them; undefined for others, and where one was not rendered. */
function wholeParcels(events: readonly LoggedEvent[], rendered: Rendered): (member: Member) => Parcel | undefined {
  const parcels = new Map<Group, Parcel | undefined>();
  // Asked for thousands of members in a row that hardly differ in this.
  let filter: StreamPlan | undefined;
  let wanted = false;
  let group: Group | undefined;
  let parcel: Parcel | undefined;
  return (member) => {
    const { plan } = member.operation;
    if (plan.kinds !== filter?.kinds || plan.only !== filter.only || plan.signals !== filter.signals) {
      filter = plan;
      wanted = events.every((event) => member.wants(event));
    }
    if (!wanted) return undefined;
    if (member.group === group) return parcel;
    group = member.group;
    if (!parcels.has(group)) parcels.set(group, joined(events, rendered.get(group)));
    parcel = parcels.get(group);
    return parcel;
  };
}

function joined(events: readonly LoggedEvent[], parcels: ReadonlyMap<number, Parcel> | undefined): Parcel | undefined {
  const all = events.map(({ seq }) => parcels?.get(seq));
  if (!all.every((parcel) => parcel !== undefined)) return undefined;
  return all.length === 1 ? all[0] : parcelOf(all.flatMap(({ payloads }) => payloads));
}

/** One event after the other, for a member that wants some of them, or has passed some. */
function writeEach(
  member: Member,
  events: readonly ToldEvent[],
  parcels: ReadonlyMap<number, Parcel> | undefined,
  { actions, counts }: { actions: MemberActions; counts: Uint32Array },
): void {
  for (const [nth, event] of events.entries()) {
    if (event.seq <= member.seq) continue;
    const wanted = member.wants(event);
    const parcel = wanted ? parcels?.get(event.seq) : undefined;
    const missed = startOf(event) !== member.seq + 1 || (wanted && !parcel);
    // A slow client gets nothing buffered: it catches up from the log when its socket has drained. So does one
    // that changed its group, or joined, while the page was rendered.
    if (missed || (parcel && !member.operation.sink.ready)) {
      actions.catchUp(member);
      return;
    }
    member.pass(event, parcel);
    if (parcel) counts[nth] = (counts[nth] ?? 0) + 1;
  }
}
