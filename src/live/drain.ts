import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../platform/log.ts';

/** A connection that can be asked to leave. */
export interface Leaver {
  /** Tells the client that the server goes, and how long from now it should come back. */
  announce(reconnectAfterMs: number): void;
  /** Ends the connection; `retryAfterMs` is for those who can only be told at their end. */
  leave(retryAfterMs: number): void;
  /** Ends it without waiting for the client. */
  cut(): void;
  /** Resolves when the connection is closed. */
  readonly gone: Promise<unknown>;
}

/** Clients learn of it so long before the first one has to go, and balancers see the readiness. */
const noticeMs = 500;
const batchMs = 100;
/**
 * 400 clients a second is what a server takes in beside its work, with tokens and cursors, on a core that it shares
 * with its database (bench restart, 2026-11-20: 250 to 400). Whoever is sent away faster than that waits in
 * the other server's queue: at 2,000 a second 5 % of 5,000 clients were away for 15 to 36 s. Nobody is away while
 * they wait here for their turn. With more clients than fit into the time the batches grow.
 */
const leastBatch = 40;
/** The part of the time in which all are asked to leave. The rest is for those who do so slowly. */
const askingShare = 0.6;

/**
 * Sends clients away so that they come back elsewhere, spread over time: all are told at once when to come back,
 * and closed in batches at about that moment, so that also those who do not understand the ping are spread. Whoever
 * is not gone after `timeoutMs` is cut. Resolves within that time.
 */
export async function drainConnections(
  leavers: () => readonly Leaver[],
  { timeoutMs, log }: { timeoutMs: number; log: Log },
): Promise<void> {
  const startedAtMs = performance.now();
  const leftMs = () => timeoutMs - (performance.now() - startedAtMs);
  const asked = new Set<Leaver>();
  // A second round, and a third: for sockets whose upgrade was on its way when the first one began.
  for (let waiting = leavers(); waiting.length > 0 && leftMs() > 0; waiting = leavers()) {
    await sendAway(waiting, leftMs());
    const isAll = await Promise.race([
      Promise.all(waiting.map(({ gone }) => gone)),
      pause(Math.max(0, leftMs()), undefined, { ref: false }),
    ]);
    if (!isAll) break;
    for (const leaver of waiting) asked.add(leaver);
  }
  const late = leavers();
  for (const leaver of late) leaver.cut();
  log.info({ left: asked.size, cut: late.length, ms: Math.round(performance.now() - startedAtMs) }, 'drain.done');
}

async function sendAway(leavers: readonly Leaver[], timeoutMs: number): Promise<void> {
  const notice = Math.min(noticeMs, timeoutMs / 20);
  const batches = Math.max(1, Math.floor((askingShare * timeoutMs - notice) / batchMs));
  const size = Math.max(leastBatch, Math.ceil(leavers.length / batches));
  for (const [index, leaver] of leavers.entries()) {
    // Within a batch too: they must not all knock in one instant.
    leaver.announce(Math.round(notice + (Math.floor(index / size) + Math.random()) * batchMs));
  }
  await pause(notice);
  for (let from = 0; from < leavers.length; from += size) {
    if (from > 0) await pause(batchMs);
    for (const leaver of leavers.slice(from, from + size)) leaver.leave(Math.round(Math.random() * batchMs));
  }
}
