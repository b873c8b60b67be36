import { type DueHandler, schedule } from '../../events/due.ts';
import type { Tx } from '../../events/transaction.ts';
import type { DigestRun } from '../../generated/prisma/client.ts';
import type { Services } from '../../graphql/context.ts';
import { newId } from '../../platform/ids.ts';
import {
  attentionDue,
  digestPlanOf,
  heldForDigest,
  leaveOutOfDigest,
  lockAttention,
  nextDigest,
  nextDigestOf,
  settleDigest,
  takeIntoDigest,
  wantedInDigest,
} from '../attention/access.ts';
import { addressOf } from './compose.ts';
import { choose } from './content.ts';
import { leaveOut } from './leaving.ts';
import { count, sending, sendRun } from './sending.ts';

const dayMs = 86_400_000;

/** The due work of this domain: at somebody's time a run is made, and then sent. */
export function digestHandlers(services: Services): Record<string, DueHandler> {
  return { [attentionDue.digest]: makeRun(services), [sending]: claimRun(services) };
}

/** Makes a run and has it sent at once; null: there is one of that time already. */
export async function queueRun(
  tx: Tx,
  { userId, slot, asked, now }: { userId: string; slot: Date; asked: boolean; now: Date },
): Promise<string | null> {
  const id = newId();
  const made = await tx.digestRun.createMany({
    data: [{ id, userId, slot, asked, createdAt: now, updatedAt: now }],
    skipDuplicates: true,
  });
  if (made.count === 0) return null;
  await schedule(tx, { kind: sending, key: id, dueAt: now });
  return id;
}

/**
 * Due work of one person, at the time of their digest: one run for that time, however often and on however many servers
 * it is done. A person's runs go with EVENT_RETENTION_DAYS, when a new one is made.
 */
function makeRun({ clock, config }: Services): DueHandler {
  return async (tx, { key: userId, dueAt }) => {
    const now = clock.now();
    const row = (await lockAttention(tx, [userId])).get(userId) ?? null;
    const due = await heldForDigest(tx, userId, now);
    const next = await nextDigestOf(tx, userId, now);
    // What was held has another time since.
    if (due.length === 0 && next) return next;
    const slots = due.flatMap((delivery) => delivery.dueAt?.getTime() ?? []);
    const slot = slots.length > 0 ? new Date(Math.max(...slots)) : dueAt;
    const runId = await queueRun(tx, { userId, slot, asked: false, now });
    if (runId === null && due.length > 0) {
      // Held again by an undo after its digest had gone: it waits for the next.
      const heldUntil = nextDigest(digestPlanOf(row, config), now);
      const ids = due.map(({ id }) => id);
      await leaveOutOfDigest(tx, ids, heldUntil ? { heldUntil } : { cancelled: 'NO_DIGEST' });
      return heldUntil;
    }
    const before = new Date(now.getTime() - config.eventRetentionDays * dayMs);
    await tx.digestRun.deleteMany({ where: { userId, slot: { lt: before }, state: { notIn: ['QUEUED', 'SENDING'] } } });
    return next;
  };
}

/**
 * Due work of one run: takes what is wanted into it, and sends it once that is committed. A run that is found in SENDING
 * was left there by a server that died, or lost the database: nobody knows whether its mail was taken, so it is not sent
 * again. One that was claimed in vain MAIL_ATTEMPTS times is set aside.
 */
function claimRun(services: Services): DueHandler {
  const { clock, config } = services;
  return async (tx, { key: id, attempts: failures }) => {
    const now = clock.now();
    const run = await lockRun(tx, id);
    if (run?.state === 'SENDING') {
      const problem = 'The server stopped before it had an answer.';
      await tx.digestRun.update({ where: { id }, data: { state: 'UNKNOWN', problem, updatedAt: now } });
      await settleDigest(tx, { userId: run.userId, runId: id }, { cancelled: 'MAIL_UNKNOWN' });
      return { again: null, sequel: async () => count(services, run, { state: 'UNKNOWN', problem }) };
    }
    if (run?.state !== 'QUEUED') return null;
    // What a server took that died before it began to send is to be told still.
    await settleDigest(tx, { userId: run.userId, runId: id }, { heldUntil: now });
    // It fails, or ends the server, whenever it is tried.
    if (Math.max(failures, run.attempts) >= config.mailAttempts) {
      const problem = 'It could not be made.';
      await tx.digestRun.update({ where: { id }, data: { state: 'FAILED', problem, updatedAt: now } });
      const held = await heldForDigest(tx, run.userId, run.asked ? null : now);
      const ids = held.map((delivery) => delivery.id);
      await leaveOutOfDigest(tx, ids, { cancelled: 'MAIL_FAILED' });
      return { again: null, sequel: async () => count(services, run, { state: 'FAILED', problem }) };
    }
    const skipped = await take(services, tx, run, now);
    if (skipped) {
      await tx.digestRun.update({ where: { id }, data: { state: skipped, updatedAt: now } });
      return { again: null, sequel: async () => count(services, run, { state: skipped }) };
    }
    const attempts = run.attempts + 1;
    await tx.digestRun.update({ where: { id }, data: { attempts, problem: null, updatedAt: now } });
    return {
      again: new Date(now.getTime() + leaseOf(config.mailTimeoutMs)),
      sequel: () => sendRun(services, { ...run, attempts }),
    };
  };
}

/** After this nobody can still be sending; twice the limit of a mail and a minute for making it. */
const leaseOf = (mailTimeoutMs: number) => 2 * mailTimeoutMs + 60_000;

async function lockRun(tx: Tx, id: string): Promise<DigestRun | null> {
  await tx.$executeRaw`SELECT id FROM "DigestRun" WHERE id = ${id}::uuid FOR UPDATE`;
  return tx.digestRun.findUnique({ where: { id } });
}

type Skipped = 'SKIPPED_EMPTY' | 'SKIPPED_OPTED_OUT' | 'SKIPPED_NO_ADDRESS';

/** Takes what is to be told into a run. Answers why there is nothing to send; null: there is. */
async function take({ config, events }: Services, tx: Tx, run: DigestRun, now: Date): Promise<Skipped | null> {
  const { id, userId, asked } = run;
  const row = (await lockAttention(tx, [userId])).get(userId) ?? null;
  const plan = digestPlanOf(row, config);
  const held = await wantedInDigest(tx, { userId, row, dueBy: asked ? null : now, now, config, events });
  if (plan.cadence === 'OFF') return 'SKIPPED_OPTED_OUT';
  const person = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  if (addressOf(person) === null) return 'SKIPPED_NO_ADDRESS';
  const { deliveryIds, dropped } = await choose(tx, held, now);
  await leaveOut(tx, { userId, row, leftOut: dropped, now, config });
  if (deliveryIds.length === 0) return 'SKIPPED_EMPTY';
  await takeIntoDigest(tx, id, deliveryIds);
  return null;
}
