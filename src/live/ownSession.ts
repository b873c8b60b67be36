import type { SessionView, Viewer } from '../graphql/context.ts';
import type { WorkspaceRole } from '../graphql/permissions.ts';
import { closeCodes } from '../platform/errors.ts';
import type { LimitState } from '../platform/limits.ts';
import type { SessionState } from './registeredSession.ts';
import type { PersonListener } from './session.ts';

/** Why the server ends a connection on account of its person or token: how a socket closes. */
export const sessionEnds = {
  deactivated: closeCodes.unauthorized,
  unknown: closeCodes.unavailable,
  ended: { code: closeCodes.unauthorized.code, reason: 'Session ended' },
  expired: closeCodes.tokenExpired,
  evicted: closeCodes.evicted,
} as const;

export type SessionEnd = keyof typeof sessionEnds;

/** A connection, as its transport looks after it. */
export interface SessionListener {
  /** The connection is to be closed now. May be called more than once. */
  end(why: SessionEnd): void;
  /** The person's role in the workspace is another one now. */
  onWorkspaceRole(role: WorkspaceRole): void;
  /** The token expires soon; a fresh one may be sent on the same connection. */
  onTokenExpiring(expiresAt: Date): void;
  state(): SessionState;
  /** Limits of the connection itself. */
  limits(): LimitState[];
}

/** A connection that has been acknowledged. Disposing it takes it out of everything. */
export interface OpenSession extends Disposable {
  /** The person with their role and token as they are now. */
  readonly viewer: Viewer;
  /** The client took its leave: its person is told to be gone at once. Before disposing. */
  left(): void;
}

/**
 * A connection of this server and what is known of its person. A class: the closures in its place were 1 KB for each idle
 * connection (bench memory, 2026-11-27).
 */
export class OwnSession implements OpenSession, PersonListener {
  viewer: Viewer;
  readonly deviceId: string;
  readonly listener: SessionListener;
  /** Those that were presented and may still be good, the newest last. */
  tokens: SessionView['tokens'];
  timers: readonly Disposable[] = [];
  /** Of the person; absent until it has begun. */
  watch: Disposable | undefined;
  readonly #closed: (session: OwnSession, left: boolean) => void;
  #left = false;

  /** `closed` is called with each disposal. */
  constructor(
    viewer: Viewer,
    parts: {
      deviceId: string;
      listener: SessionListener;
      tokens: SessionView['tokens'];
      closed: (session: OwnSession, left: boolean) => void;
    },
  ) {
    this.viewer = viewer;
    this.deviceId = parts.deviceId;
    this.listener = parts.listener;
    this.tokens = parts.tokens;
    this.#closed = parts.closed;
  }

  tokenIds(): readonly string[] {
    return this.tokens.map((token) => token.id);
  }

  onDeactivated(): void {
    this.listener.end('deactivated');
  }

  onEnded(): void {
    this.listener.end('ended');
  }

  onUnknown(): void {
    this.listener.end('unknown');
  }

  onWorkspaceRole(workspaceRole: WorkspaceRole): void {
    this.viewer = { ...this.viewer, workspaceRole };
    this.listener.onWorkspaceRole(workspaceRole);
  }

  left(): void {
    this.#left = true;
  }

  [Symbol.dispose](): void {
    this.#closed(this, this.#left);
  }
}
