import type { IncomingMessage } from 'node:http';
import type { ExecutionArgs } from 'graphql';
import type { LimitFunction } from 'p-limit';
import type { WebSocket } from 'ws';
import type { Services, Session, Viewer } from '../graphql/context.ts';
import type { Documents } from '../graphql/documents.ts';
import type { Hub } from './hub.ts';
import type { LiveOperation } from './operation.ts';
import type { Outbox } from './outbox.ts';
import type { OpenSession } from './ownSession.ts';
import type { LiveSessions } from './sessions.ts';
import type { SocketLimits } from './socketLimits.ts';

/** Finds out who connects. Throws UNAUTHORIZED, with `expired` when a fresh token would help. */
export type AuthenticateSocket = (
  request: Pick<IncomingMessage, 'headers' | 'url'>,
  connectionParams: unknown,
  session: Session,
) => Promise<{ viewer: Viewer; topicCount: number }>;

/** What the socket server is made of. */
export interface SocketParts {
  readonly services: Services;
  readonly documents: Documents;
  readonly hub: Hub;
  readonly sessions: LiveSessions;
  readonly authenticate: AuthenticateSocket;
  /** Whether a refused token is one that has expired: worth a retry with a fresh one. */
  readonly isExpired: (error: unknown) => boolean;
}

/** One connected socket. */
export interface SocketSession {
  readonly outbox: Outbox;
  /** `performance.now()` of the last thing heard from the client. */
  heardAtMs: number;
  readonly webSocket: WebSocket;
}

/** What is kept of a socket beside graphql-ws's own context. */
export interface Extra {
  /** The upgrade; {@link forgotten} when the connection is acknowledged: it is 2 KB for each idle socket. */
  request: Pick<IncomingMessage, 'headers' | 'url'>;
  /** W3C `traceparent` of the connection, of its parameters or the upgrade. */
  traceparent: unknown;
  readonly outbox: Outbox;
  readonly session: Session;
  readonly webSocket: WebSocket;
  /** Absent before the acknowledgement. */
  opened: OpenSession | undefined;
  readonly limits: SocketLimits;
  /** The token was good once: not counted as an attempt without one. */
  expired: boolean;
  /** Signals it was too slow for. */
  dropped: number;
  /**
   * Lets a few queries and mutations run at once: each may be a megabyte that then waits for the client to read.
   * Absent before the first: most sockets only ever subscribe.
   */
  executions: LimitFunction | undefined;
  /** Operations by the client's id, until they are over. */
  readonly running: Map<string, Running>;
}

/** What is left of an upgrade that nobody needs any more. */
export const forgotten: Extra['request'] = { headers: {}, url: undefined };

/** An operation between its `subscribe` and its end. */
export interface Running {
  /** Resolves when the operation is over, on both sides. */
  readonly done: Promise<void>;
  /** The client has sent `complete`. */
  stopped: boolean;
  operation: LiveOperation | undefined;
}

/** Subscriptions carry their socket and id to `subscribe` beside the execution arguments. */
export interface SocketArgs extends ExecutionArgs {
  readonly live: { extra: Extra; id: string; running: Running; after: unknown };
}

/** The payload of `connection_init`. */
export type Params = Record<string, unknown>;
