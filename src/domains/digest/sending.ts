import { schedule, unschedule } from '../../events/due.ts';
import type { Tx } from '../../events/transaction.ts';
import type { DigestRun } from '../../generated/prisma/client.ts';
import type { Services } from '../../graphql/context.ts';
import type { Mail } from '../../platform/mail.ts';
import { lockAttention, settleDigest, takenIntoDigest } from '../attention/access.ts';
import { type Composed, compose, contextOf } from './compose.ts';
import { leaveOut } from './leaving.ts';

/** Kind of the due work that sends a run; its key is the run's id. */
export const sending = 'digest-send';

/** What became of a run, or of an attempt at it (QUEUED). */
export type Outcome =
  | { readonly state: 'SENT' | 'SKIPPED_EMPTY' | 'SKIPPED_OPTED_OUT' | 'SKIPPED_NO_ADDRESS' }
  | { readonly state: 'QUEUED' | 'FAILED' | 'UNKNOWN'; readonly problem: string };

const origin = { actorId: null, correlationId: null };
const firstRetryMs = 60_000;

/**
 * Makes the mail of a run that was claimed, and hands it over. SENDING is committed before that, so that whoever finds
 * it later knows that the mail may be gone; what nobody has begun to take is tried again.
 */
export async function sendRun(services: Services, run: DigestRun): Promise<void> {
  const { transaction } = services;
  const outcome = await attempt(services, run);
  if (!outcome) return;
  const settled = await transaction(origin, (tx) => settle(services, tx, run, outcome));
  if (settled) count(services, run, outcome);
}

async function attempt(services: Services, run: DigestRun): Promise<Outcome | null> {
  const { database, clock, config, transaction } = services;
  let composed: Composed;
  try {
    const person = await database.db.user.findUniqueOrThrow({ where: { id: run.userId } });
    const taken = await takenIntoDigest(database.db, { userId: run.userId, runId: run.id });
    const details = { person, slot: run.slot, id: run.id, now: clock.now() };
    composed = await compose(contextOf(services, person, run.id), taken, details);
  } catch (error) {
    // One person's that cannot be made is tried as often as one that is refused, and holds up nobody else's.
    services.log.error({ err: error, run: run.id }, 'digest.not-made');
    return again(services, run, 'It could not be made.');
  }
  const { message, count: items, leftOut } = composed;
  const begun = await transaction(origin, async (tx) => {
    const { count: mine } = await tx.digestRun.updateMany({
      where: { id: run.id, state: 'QUEUED', attempts: run.attempts },
      data: { ...(message && { state: 'SENDING' }), items, updatedAt: clock.now() },
    });
    if (mine === 0) return false;
    const row = (await lockAttention(tx, [run.userId])).get(run.userId) ?? null;
    await leaveOut(tx, { userId: run.userId, row, leftOut, now: clock.now(), config });
    return true;
  });
  // Another server has taken it over.
  if (!begun) return null;
  return message ? handOver(services, run, message.mail) : { state: 'SKIPPED_EMPTY' };
}

async function handOver(services: Services, run: DigestRun, mail: Mail): Promise<Outcome> {
  const handover = await services.mail.handOver(mail);
  switch (handover.result) {
    case 'TAKEN':
      return { state: 'SENT' };
    case 'UNKNOWN':
      return { state: 'UNKNOWN', problem: handover.why };
    case 'REFUSED':
      return handover.forGood ? { state: 'FAILED', problem: handover.why } : again(services, run, handover.why);
  }
}

function again({ config }: Services, { attempts }: DigestRun, problem: string): Outcome {
  return { state: attempts < config.mailAttempts ? 'QUEUED' : 'FAILED', problem };
}

/** Writes down what became of a run, and of what it had taken. False: another server has written it meanwhile. */
async function settle({ clock }: Services, tx: Tx, run: DigestRun, outcome: Outcome): Promise<boolean> {
  const { id, userId, attempts } = run;
  const { state } = outcome;
  const now = clock.now();
  const problem = 'problem' in outcome ? outcome.problem.slice(0, 1_000) : null;
  const { count: mine } = await tx.digestRun.updateMany({
    // One that was given up for lost was sent after all, when the answer comes late.
    where: { id, attempts, state: { in: state === 'SENT' ? ['SENDING', 'UNKNOWN'] : ['QUEUED', 'SENDING'] } },
    data: { state, problem, updatedAt: now },
  });
  if (mine === 0) return false;
  const taken = { userId, runId: id };
  if (state === 'QUEUED') {
    const retryAt = new Date(now.getTime() + firstRetryMs * 2 ** (attempts - 1));
    await settleDigest(tx, taken, { heldUntil: retryAt });
    await schedule(tx, { kind: sending, key: id, dueAt: retryAt });
    return true;
  }
  if (state === 'SENT') await settleDigest(tx, taken, { sentAt: now });
  else if (state === 'FAILED') await settleDigest(tx, taken, { cancelled: 'MAIL_FAILED' });
  else if (state === 'UNKNOWN') await settleDigest(tx, taken, { cancelled: 'MAIL_UNKNOWN' });
  // Their address went in between; what cannot be told has been left out before.
  else await settleDigest(tx, taken, { cancelled: 'NO_DIGEST' });
  await unschedule(tx, sending, id);
  return true;
}

/** Counts and logs what became of a run, after the commit. */
export function count({ metrics, log }: Services, { id, userId, attempts }: DigestRun, outcome: Outcome): void {
  const label = outcome.state === 'QUEUED' ? 'retried' : outcome.state.toLowerCase();
  metrics.digests.of(label).value++;
  const told = { run: id, userId, attempts, ...outcome };
  if ('problem' in outcome) log.warn(told, `digest.${label}`);
  else log.info(told, `digest.${label}`);
}
