import type { EventRegistry } from '../events/define.ts';
import type { EventLog } from '../events/log.ts';
import type { TopicKey } from '../events/topic.ts';
import type { Transactions, Tx } from '../events/transaction.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database, Db } from '../platform/database.ts';
import { AppError, tokenSentences } from '../platform/errors.ts';
import type { LimitState, Limits } from '../platform/limits.ts';
import type { Log } from '../platform/log.ts';
import type { Mailer } from '../platform/mail.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Tracing } from '../platform/tracing.ts';
import { type NamedRows, namedRows } from './namedRows.ts';
import type { TopicRole, WorkspaceRole } from './permissions.ts';

/** One connection, or one HTTP request. */
export interface Session {
  readonly id: string;
  readonly transport: 'http' | 'sse' | 'websocket';
  readonly connectedAt: Date;
  /** Absent: the token does not expire. */
  readonly tokenExpiresAt: Date | undefined;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  /** What its token is known by; absent before it was checked. */
  readonly tokenId?: string;
}

/** A connection as its owner and ADMINs see it; of another server's as it was a few seconds ago. */
export interface SessionView {
  readonly id: string;
  readonly userId: string;
  readonly workspaceId: string;
  readonly instanceId: string;
  readonly transport: Session['transport'];
  /** ISO 8601. */
  readonly connectedAt: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Tokens that were presented for it and may still be good, the newest last; times in ISO 8601. */
  readonly tokens: readonly { readonly id: string; readonly expiresAt: string | null }[];
  /** Topics it follows. */
  readonly topics: number;
  /** Signals that were left out because it read too slowly. */
  readonly dropped: number;
  /** Streams that wait for it to read before they go on from the log. */
  readonly parked: number;
  /** Whether it reads slower than events come. */
  readonly lagging: boolean;
}

/** The connections of people, on all servers; from src/live/sessions.ts. */
export interface Sessions {
  /** Those of these people, oldest first. While Redis is away only those of this server. */
  of(userIds: readonly string[]): Promise<SessionView[]>;
  /** One of them; not `complete`: it may exist on a server that cannot be asked now. */
  find(sessionId: string): Promise<{ session?: SessionView | undefined; complete: boolean }>;
  /** Who of a workspace is connected. */
  online(workspaceId: string): Promise<readonly string[]>;
  /** The viewer's own connection as it is now; undefined for a single HTTP request. */
  current(viewer: Viewer): SessionView | undefined;
  /** Gives the viewer's connection a fresh token. Throws UNAUTHORIZED, FORBIDDEN or VALIDATION_ERROR. */
  refresh(viewer: Viewer, token: string): Promise<void>;
  /** Where the limits of the viewer and of their connection stand; empty where they are off. */
  limitsOf(viewer: Viewer): Promise<LimitState[]>;
}

/** Whether somebody is there. */
export interface PresenceState {
  /** Null: it cannot be told now, because Redis is away or has just lost its data. */
  readonly online: boolean | null;
  /** Their connected devices; 0: none that is known of. */
  readonly devices: number;
  readonly sessionCount: number;
}

/** Who is there and what they do, as signals; from domains/presence. Nothing here rejects for want of Redis. */
export interface Presence {
  /** One entry for each of the people asked for. */
  of(userIds: readonly string[]): Promise<Map<string, PresenceState>>;
  /** Who looks at a topic. */
  viewers(topic: TopicKey): Promise<readonly string[]>;
  /** Who looks at a topic, whether or not they share it. For the server's own decisions, never to be shown. */
  lookingAt(topic: TopicKey): Promise<readonly string[]>;
  /**
   * Signals that somebody looks at a topic, or no more; `shared` false: it is kept, and nobody is told. Answers until
   * when it holds.
   */
  view(topic: TopicKey, userId: string, viewing: boolean, shared: boolean): Promise<Date>;
  /** Signals that somebody types in a topic, or no more. Answers until when it holds. */
  type(topic: TopicKey, userId: string, typing: boolean): Date;
  /** After the commit by which somebody began or ceased to share their presence. */
  shareChanged(userId: string): Promise<void>;
  /** What failed for want of Redis or the database since the start. */
  readonly errors: number;
}

/** The person who asks: verified token, verified in the database. */
export interface Viewer {
  readonly userId: string;
  readonly workspaceId: string;
  readonly workspaceRole: WorkspaceRole;
  readonly session: Session;
  /** Set for a service token, which publishes events and does nothing else. */
  readonly serviceToken?: true;
}

/** Those for whom one execution serves: same role in the workspace, same role in the topic. */
export interface Audience {
  readonly workspaceId: string;
  readonly workspaceRole: WorkspaceRole;
  readonly topic: TopicKey;
  readonly topicRole: TopicRole;
}

/** What every request shares: made once by `app.ts`. */
export interface Services {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly database: Database;
  readonly eventLog: EventLog;
  readonly events: EventRegistry;
  readonly transaction: Transactions;
  readonly limits: Limits;
  readonly mail: Mailer;
  readonly sessions: Sessions;
  readonly presence: Presence;
  /** This server among several; changes with each start. */
  readonly instanceId: string;
  /** Roles of one person in topics; a topic without an entry means no access. From membership/access.ts. */
  readonly rolesOf: (db: Db | Tx, viewer: Viewer, topics: readonly TopicKey[]) => Promise<Map<TopicKey, TopicRole>>;
}

/** What resolvers and commands get. */
export interface Context {
  readonly services: Services;
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Config;
  readonly correlationId: string;
  /** The rows that events name; while an event is rendered, read once for all who get it. */
  readonly rows: NamedRows;
  /**
   * Who asks. Throws UNAUTHORIZED for a request without a token, and INTERNAL_ERROR under shared execution,
   * where nobody in particular asks: such a field must be marked as depending on the viewer.
   */
  readonly viewer: Viewer;
  /** The viewer, or undefined for a request without a token. Throws under shared execution. */
  readonly viewerIfAny: Viewer | undefined;
  /** Workspace and role of whoever reads, also under shared execution. */
  readonly workspaceId: string;
  readonly workspaceRole: WorkspaceRole;
  /** Role of whoever reads in a topic; null: no access. Under shared execution only its own topic may be asked. */
  roleIn(topic: TopicKey): Promise<TopicRole | null>;
  /** Runs a command's transaction on behalf of the viewer. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Something made once per request and per event: a DataLoader. */
  once<T extends object>(key: object, make: (context: Context) => T): T;
}

/** A context for a request of `viewer`; undefined when it carried no token. `trace` is its W3C `traceparent`. */
export function requestContext(
  services: Services,
  parts: { viewer: Viewer | undefined; correlationId: string; trace?: string | undefined },
): Context {
  const { viewer, correlationId, trace } = parts;
  const roles = new Map<TopicKey, Promise<TopicRole | null>>();
  const context: Context = {
    ...common(services, correlationId),
    rows: namedRows(services.database.db),
    get viewer() {
      return requireViewer(viewer);
    },
    viewerIfAny: viewer,
    get workspaceId() {
      return requireViewer(viewer).workspaceId;
    },
    get workspaceRole() {
      return requireViewer(viewer).workspaceRole;
    },
    roleIn(topic) {
      let role = roles.get(topic);
      if (!role) {
        role = services
          .rolesOf(services.database.db, requireViewer(viewer), [topic])
          .then((found) => found.get(topic) ?? null);
        roles.set(topic, role);
      }
      return role;
    },
    transaction: (work) => services.transaction({ actorId: requireViewer(viewer).userId, correlationId, trace }, work),
    once: onceIn(() => context),
  };
  return context;
}

/**
 * A context for one event of one group; `rows` is that event's. With `viewer` the group is theirs alone; without, reaching for the
 * viewer throws.
 */
export function eventContext(
  services: Services,
  parts: { audience: Audience; viewer: Viewer | undefined; correlationId: string; rows: NamedRows },
): Context {
  const { audience, viewer, correlationId, rows } = parts;
  const own = viewer && requestContext(services, { viewer, correlationId });
  const context: Context = {
    ...common(services, correlationId),
    rows,
    get viewer() {
      return viewer ?? underSharedExecution();
    },
    get viewerIfAny() {
      return viewer ?? underSharedExecution();
    },
    workspaceId: audience.workspaceId,
    workspaceRole: audience.workspaceRole,
    async roleIn(topic) {
      if (topic === audience.topic) return audience.topicRole;
      return own ? own.roleIn(topic) : underSharedExecution();
    },
    transaction: () => {
      throw new AppError('INTERNAL_ERROR', 'an event must not start a command');
    },
    once: onceIn(() => context),
  };
  return context;
}

function common(services: Services, correlationId: string) {
  return {
    services,
    db: services.database.db,
    clock: services.clock,
    config: services.config,
    correlationId,
  };
}

function requireViewer(viewer: Viewer | undefined): Viewer {
  if (!viewer) throw new AppError('UNAUTHORIZED', tokenSentences.missing);
  return viewer;
}

function underSharedExecution(): never {
  throw new AppError('INTERNAL_ERROR', 'the viewer was asked for under shared execution');
}

function onceIn(context: () => Context): Context['once'] {
  const made = new Map<object, object>();
  return <T extends object>(key: object, make: (context: Context) => T): T => {
    let value = made.get(key) as T | undefined;
    if (!value) {
      value = make(context());
      made.set(key, value);
    }
    return value;
  };
}
