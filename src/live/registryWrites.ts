import { batched } from '../platform/batch.ts';
import type { LocalSession, LocalSessions } from './localSessions.ts';
import { oldestFirst, type SessionListing } from './registeredSession.ts';
import type { RegistryChannel } from './registryChannel.ts';
import type { RegistryStore } from './registryStore.ts';

/** Runs commands of the registry; undefined without Redis, and where they failed, which is counted and logged. */
export type Attempt = <T>(
  what: string,
  run: (store: RegistryStore, channel: RegistryChannel) => Promise<T>,
) => Promise<T | undefined>;

/** What this server's sessions say of themselves in Redis. */
export interface RegistryWrites {
  /** Enters a session, or writes it again; with the person's sessions by then, undefined where Redis did not answer. */
  enter(local: LocalSession): Promise<SessionListing | undefined>;
  /** Removes a session that has ended; kept in mind where Redis did not answer. */
  remove(local: LocalSession): Promise<void>;
  /** Removes those again whose removal failed. */
  removeAgain(): Promise<void>;
  /** Writes what has changed of how sessions are doing, or a part of it. */
  states(): Promise<void>;
}

/** States written in one go: this is for people who look, and the rest has its turn at the next renewal. */
const statesAtOnce = 200;
/** Of sessions that ended while Redis was away; of more than that some are listed until this server ends. */
const mostUnremoved = 20_000;

/** Something to be written; resolves with the person's sessions where one is entered. */
interface Write {
  readonly local: LocalSession;
  readonly what: 'enter' | 'remove';
}

/** `hasRedis` false: there is nothing to write to, and nothing to remember. */
export function createRegistryWrites(parts: {
  locals: LocalSessions;
  attempt: Attempt;
  hasRedis: boolean;
}): RegistryWrites {
  const { locals, attempt, hasRedis } = parts;
  const unremoved = new Set<LocalSession>();

  /**
   * One batch at a time: a session that ends while it is being entered must not stay. Each session with commands of
   * its own cost the server 25 of them, a sixth of what it took to let a client in (bench reconnect, 2026-11-25).
   */
  const write = batched(
    async (writes: readonly Write[]): Promise<(SessionListing | undefined)[]> => {
      // Those that ended meanwhile are left out; their removal stands behind.
      const entering = writes.filter(({ what, local }) => what === 'enter' && locals.get(local.session.id) === local);
      const removing = writes.filter(({ what }) => what === 'remove').map(({ local }) => local);
      const listings = await enter(entering.map(({ local }) => local));
      await remove(removing);
      const byWrite = new Map(entering.map((each, nth) => [each, listings?.[nth]]));
      return writes.map((each) => byWrite.get(each));
    },
    { atOnce: 1 },
  );

  async function enter(entering: readonly LocalSession[]): Promise<SessionListing[] | undefined> {
    if (entering.length === 0) return undefined;
    const entries = entering.map(({ session, state }) => ({ session, state: JSON.stringify(state()) }));
    return attempt('register', async (shared, others) => {
      const idsOfEach = await shared.enter(entries);
      for (const [nth, local] of entering.entries()) local.writtenState = entries[nth]?.state;
      await others.changed([...new Set(entering.map(({ session }) => session.userId))]);
      const ids = new Set(idsOfEach.flat().filter((id) => !locals.has(id)));
      const elsewhere = ids.size > 0 ? await shared.read([...ids]) : { sessions: [], complete: true };
      const byId = new Map(elsewhere.sessions.map((session) => [session.id, session]));
      return entering.map(({ session: { userId } }, nth) => ({
        sessions: oldestFirst([...locals.of(userId), ...(idsOfEach[nth] ?? []).flatMap((id) => byId.get(id) ?? [])]),
        complete: elsewhere.complete,
      }));
    });
  }

  async function remove(removing: readonly LocalSession[]): Promise<void> {
    if (removing.length === 0) return;
    const sessions = removing.map(({ session }) => session);
    const done = await attempt('remove', async (shared, others) => {
      await shared.remove(sessions);
      await others.changed([...new Set(sessions.map(({ userId }) => userId))]);
      return true;
    });
    for (const local of removing) {
      if (done || unremoved.size >= mostUnremoved) unremoved.delete(local);
      else if (hasRedis) unremoved.add(local);
    }
  }

  return {
    enter: (local) => write({ local, what: 'enter' }),
    async remove(local) {
      await write({ local, what: 'remove' });
    },
    async removeAgain() {
      await Promise.all(Array.from(unremoved, (local) => write({ local, what: 'remove' })));
    },
    async states() {
      const different: { id: string; state: string }[] = [];
      for (const local of locals) {
        const state = JSON.stringify(local.state());
        if (state === local.writtenState || local.writtenState === undefined) continue;
        local.writtenState = state;
        different.push({ id: local.session.id, state });
        if (different.length === statesAtOnce) break;
      }
      if (different.length > 0) await attempt('state', (shared) => shared.writeStates(different));
    },
  };
}
