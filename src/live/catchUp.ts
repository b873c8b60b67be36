import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { EventRegistry } from '../events/define.ts';
import type { EventLog } from '../events/log.ts';
import { parseTopicKey } from '../events/topic.ts';
import type { TopicRole, WorkspaceRole } from '../graphql/permissions.ts';
import type { TopicAccess } from '../graphql/stream.ts';
import type { Log } from '../platform/log.ts';
import { accessChangeOf, ruleOn } from './access.ts';
import { hasUnknownKind, type MemberActions } from './delivery.ts';
import { foldPage } from './fold.ts';
import type { Measures } from './measures.ts';
import type { Member } from './operation.ts';
import type { InTurn } from './share.ts';
import type { TopicShare } from './topicShare.ts';

/** Executions at once for one member that catches up: fair to the others, and a page is rendered in a few rounds. */
const renderingsAtOnce = 8;
/** All of them together leave the database's connections to commands and to those who are live. */
const renderingsOfAll = pLimit(4);
const patiently: InTurn = (run) => renderingsOfAll(run);
const firstRetryMs = 100;
const longestRetryMs = 5_000;

interface CatchUpParts {
  readonly eventLog: EventLog;
  readonly registry: EventRegistry;
  readonly access: TopicAccess;
  readonly actions: MemberActions;
  readonly measures: Measures;
  readonly log: Log;
}

/**
 * Brings a member to the reader's place: reads the log after its own place page by page, waits while its socket is
 * full, and makes it live in the very turn in which it has reached the reader.
 *
 * Rows are read as they are now, so access is asked again for every page, before it is rendered; and when access
 * to the topic changed since it was asked, nothing of what was rendered is written, and the page is rendered anew for
 * who the person is by then. That second one is the guard: the first page goes by the access that the stream began
 * with, which spares thousands who come back at once a question each.
 */
export async function catchUp(member: Member, share: TopicShare, parts: CatchUpParts): Promise<void> {
  if (member.catchingUp) return;
  member.catchingUp = true;
  let retryMs = firstRetryMs;
  try {
    while (member.state !== 'gone') {
      try {
        const reached = await nextPage(member, share, parts);
        // It may have fallen behind again in the turn in which it became live.
        if (reached && (member.state as Member['state']) !== 'behind') return;
        retryMs = firstRetryMs;
      } catch (error) {
        // The database is away or the like. Nothing is lost: the member stays where it is.
        parts.log.warn({ err: error, topic: share.topic }, 'live.catch-up-failed');
        await pause(retryMs);
        retryMs = Math.min(2 * retryMs, longestRetryMs);
      }
    }
  } finally {
    member.catchingUp = false;
  }
}

/** One page. True when the member is live, or gone. */
async function nextPage(member: Member, share: TopicShare, parts: CatchUpParts): Promise<boolean> {
  const { eventLog, registry, actions } = parts;
  const { sink } = member.operation;
  if (!sink.ready) await sink.drained();
  if (member.state === 'gone') return true;
  if (!member.mustAsk && member.hasReached(share.following)) {
    member.state = 'live';
    member.entered = undefined;
    member.operation.settled(member);
    return true;
  }

  const page = await share.following.pageAfter(member.seq);
  // Before asking: a change that comes while the answer is on its way sets it again.
  const known = member.mustAsk ? undefined : member.entered;
  member.mustAsk = false;
  member.entered = undefined;
  const entry = known?.role ? { ...known, role: known.role } : await enter(member, share, parts);
  if ((member.state as Member['state']) === 'gone') return true;
  if (!entry) {
    await actions.lose(member);
    return true;
  }
  if (hasUnknownKind(registry, page)) {
    actions.outdated(member);
    return true;
  }
  if (entry.accessSeq > member.accessSeq && member.operation.expands) actions.reconcile(member);
  member.accessSeq = Math.max(member.accessSeq, entry.accessSeq);
  const { role, workspaceRole } = entry;
  if (role !== member.audience.topicRole || workspaceRole !== member.audience.workspaceRole) {
    share.regroup(member, { ...member.audience, topicRole: role, workspaceRole });
  }

  const told = share.coalescer ? foldPage(registry, page) : page;
  for (let from = 0; from < told.length; from += renderingsAtOnce) {
    const slice = told.slice(from, from + renderingsAtOnce);
    const { group } = member;
    const payloads = await Promise.all(
      slice.map((event) => (member.wants(event) ? group.render(event, patiently) : Promise.resolve(undefined))),
    );
    // What was rendered may show rows of after a removal: write it only if nothing changed since access was asked. A
    // role in the workspace is not in the topic's log: `mustAsk` tells of that.
    if ((await eventLog.accessSeq(share.topic)) > entry.accessSeq) return false;
    for (const [index, event] of slice.entries()) {
      if ((member.state as Member['state']) === 'gone') return true;
      // The next round goes on from here once the socket has drained.
      if (payloads[index] && !sink.ready) return false;
      if (member.mustAsk) return false;
      member.pass(event, payloads[index]);
      if (payloads[index]) parts.measures.replayed(event);
      if (accessChangeOf(registry, event)?.effect === 'ended') {
        await actions.complete(member);
        return true;
      }
    }
  }
  if (page.length === 0 && !member.hasReached(share.following)) {
    // The reader knows of events that the log does not show: a restored database. Wait for the sweep.
    await pause(firstRetryMs);
  }
  return false;
}

interface Entered {
  readonly role: TopicRole;
  readonly workspaceRole: WorkspaceRole;
  /** Number of the newest access change that is reflected in the role. */
  readonly accessSeq: number;
}

/** With which role the member reads on; undefined: access is lost. */
async function enter(member: Member, share: TopicShare, parts: CatchUpParts): Promise<Entered | undefined> {
  const { access, eventLog } = parts;
  const { viewer } = member.operation;
  const [entry] = await access.enter(viewer, [parseTopicKey(share.topic)]);
  if (entry?.role) return { ...entry, role: entry.role };
  // Nobody has access to a topic that is gone; those who had it when it ended hear it out, unless they themselves are shut out.
  const accessSeq = await eventLog.accessSeq(share.topic);
  const [own] = await access.enter(viewer, [{ kind: 'user', id: viewer.userId }]);
  const role = own?.role && (await roleAtTheEnd(member, share, parts));
  return role ? { role, workspaceRole: own.workspaceRole, accessSeq } : undefined;
}

/** The role somebody had when the topic ended, from the log; undefined: it has not ended, or they had none by then. */
async function roleAtTheEnd(
  member: Member,
  { following }: TopicShare,
  { registry }: CatchUpParts,
): Promise<TopicRole | undefined> {
  let role = member.audience.topicRole;
  for (let page = await following.pageAfter(member.seq); page.length > 0; ) {
    const ruling = ruleOn(registry, page, member, role);
    if (ruling.verdict === 'lost') return undefined;
    if (ruling.verdict === 'role') role = ruling.role;
    if (page.some((event) => accessChangeOf(registry, event)?.effect === 'ended')) return role;
    page = await following.pageAfter(page.at(-1)?.seq ?? 0);
  }
  return undefined;
}
