import type { RegisteredSession, SessionState } from './registeredSession.ts';

/** A session of this server. */
export interface LocalSession {
  readonly session: RegisteredSession;
  readonly state: () => SessionState;
  /** What the others can read of its state; undefined: they cannot see the session yet. */
  writtenState: string | undefined;
}

/** The sessions of this server. */
export interface LocalSessions extends Iterable<LocalSession> {
  get(sessionId: string): LocalSession | undefined;
  has(sessionId: string): boolean;
  /** Enters a session, or replaces what was said of it. */
  set(session: RegisteredSession, state: () => SessionState): LocalSession;
  /** Takes a session out; undefined when it is none of them. */
  delete(sessionId: string): LocalSession | undefined;
  clear(): void;
  /** A person's, as they are now. */
  of(userId: string): (RegisteredSession & SessionState)[];
  hasAny(userId: string): boolean;
  /** Everybody with a session here, once each. */
  userIds(): string[];
  readonly size: number;
}

export function createLocalSessions(): LocalSessions {
  const all = new Map<string, LocalSession>();
  // By person, because each connection asks for its person's sessions: thousands come back at once.
  const byPerson = new Map<string, Set<LocalSession>>();

  function remove(sessionId: string): LocalSession | undefined {
    const local = all.get(sessionId);
    if (!local) return undefined;
    all.delete(sessionId);
    const own = byPerson.get(local.session.userId);
    own?.delete(local);
    if (own?.size === 0) byPerson.delete(local.session.userId);
    return local;
  }

  return {
    get: (sessionId) => all.get(sessionId),
    has: (sessionId) => all.has(sessionId),
    set(session, state) {
      remove(session.id);
      const local: LocalSession = { session, state, writtenState: undefined };
      all.set(session.id, local);
      byPerson.set(session.userId, (byPerson.get(session.userId) ?? new Set()).add(local));
      return local;
    },
    delete: remove,
    clear() {
      all.clear();
      byPerson.clear();
    },
    of: (userId) => [...(byPerson.get(userId) ?? [])].map(({ session, state }) => ({ ...session, ...state() })),
    hasAny: (userId) => byPerson.has(userId),
    userIds: () => [...byPerson.keys()],
    get size() {
      return all.size;
    },
    [Symbol.iterator]: () => all.values(),
  };
}
