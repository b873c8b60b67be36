import type { Session } from '../graphql/context.ts';

/** A session as every server may know it. JSON all through: it travels. */
export interface RegisteredSession {
  readonly id: string;
  readonly userId: string;
  readonly workspaceId: string;
  /** Which of the person's devices; `deviceId` of the connection parameters, or made of address and user agent. */
  readonly deviceId: string;
  readonly instanceId: string;
  readonly transport: Session['transport'];
  /** ISO 8601. */
  readonly connectedAt: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Tokens that were presented for it and may still be good; the newest last. */
  readonly tokens: readonly { readonly id: string; readonly expiresAt: string | null }[];
}

/** How a session is doing; of another server's sessions as it was a few seconds ago. */
export interface SessionState {
  /** Topics it follows. */
  readonly topics: number;
  /** Signals that were left out because it read too slowly. */
  readonly dropped: number;
  /** Streams that wait for it to read before they go on from the log. */
  readonly parked: number;
  /** Whether it reads slower than events come. */
  readonly lagging: boolean;
}

/** What is known of some people's sessions. */
export interface SessionListing {
  readonly sessions: readonly (RegisteredSession & SessionState)[];
  /**
   * False: sessions of other servers may be missing, because Redis is away or lost its data less than a lease ago.
   * Who stands here is connected; who does not may be all the same.
   */
  readonly complete: boolean;
}

/** Ids are UUIDv7: they sort by time. */
export function oldestFirst(sessions: (RegisteredSession & SessionState)[]): (RegisteredSession & SessionState)[] {
  return sessions.length < 2 ? sessions : sessions.sort((a, b) => (a.id < b.id ? -1 : 1));
}
