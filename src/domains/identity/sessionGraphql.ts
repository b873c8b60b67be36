import { builder, perViewer } from '../../graphql/builder.ts';
import type { Context, SessionView, Viewer } from '../../graphql/context.ts';
import { mutation } from '../../graphql/mutation.ts';
import type { LimitState } from '../../platform/limits.ts';
import { topicCountOf } from './queries.ts';
import { endSession, refreshSession, sessionsListed } from './sessions.ts';

const Transport = builder.enumType('Transport', {
  description: 'How a client is connected.',
  values: {
    HTTP: { value: 'http', description: 'A single request.' },
    SSE: { value: 'sse', description: 'Server-sent events.' },
    WEBSOCKET: { value: 'websocket', description: 'A socket of graphql-transport-ws.' },
  } as const,
});

const Limit = builder.objectRef<LimitState>('Limit').implement({
  description: 'How much of something may still be done.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What is counted, and for whom: `operations.person`.' }),
    limit: t.exposeInt('limit', { description: 'How many there are in all.' }),
    remaining: t.exposeInt('remaining', { description: 'How many are left.' }),
    resetAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When all are there again; null when they are, or when it takes something to end.',
      resolve: ({ resetAt }) => resetAt ?? null,
    }),
  }),
});

const SessionRef = builder.objectRef<SessionView>('Session').implement({
  description: 'A connection, or the HTTP request that asks.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the connection.' }),
    userId: t.exposeID('userId', { description: 'Whose connection it is.' }),
    topicCount: t.int({
      description: 'How many topics that person is a member of.',
      resolve: ({ userId }, _args, context) => topicCountOf(context, userId),
    }),
    connectedAt: t.field({
      type: 'DateTime',
      description: 'When it was opened.',
      resolve: ({ connectedAt }) => new Date(connectedAt),
    }),
    durationMs: t.float({
      description: 'For how long it has been open, in milliseconds.',
      resolve: ({ connectedAt }, _args, { clock }) => Math.max(0, clock.now().getTime() - Date.parse(connectedAt)),
    }),
    serverTime: t.field({
      type: 'DateTime',
      description: 'The clock of the server that answers, now.',
      resolve: (_session, _args, { clock }) => clock.now(),
    }),
    instanceId: t.exposeString('instanceId', {
      description: 'The server it is connected to, among several; another one after each start.',
    }),
    tokenExpiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its token expires; null when it does not.',
      resolve: ({ tokens }) => {
        const expiresAt = tokens.at(-1)?.expiresAt ?? null;
        return expiresAt === null ? null : new Date(expiresAt);
      },
    }),
    transport: t.expose('transport', { type: Transport, description: 'How the client is connected.' }),
    ip: t.exposeString('ip', {
      ...perViewer,
      nullable: true,
      description: 'Address the connection comes from; for its owner and ADMINs, null when unknown.',
      authScopes: ({ userId }) => ({ $any: { self: userId, workspace: 'workspace:manage-sessions' } }),
    }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'What the client calls itself; null when it does not.',
    }),
    topics: t.exposeInt('topics', {
      description: 'Topics its subscriptions follow now; a topic in two of them counts twice.',
    }),
    dropped: t.exposeInt('dropped', { description: 'Signals that were left out because it read too slowly.' }),
    parked: t.exposeInt('parked', {
      description: 'Streams that wait for it to read, and go on from the log then: nothing of them is lost.',
    }),
    lagging: t.exposeBoolean('lagging', { description: 'Whether it reads slower than events come.' }),
    limits: t.field({
      type: [Limit],
      description: 'Where the limits of the connection and its person stand; of others than the asking one: none.',
      resolve: ({ id }, _args, { viewer, services }) =>
        id === viewer.session.id ? services.sessions.limitsOf(viewer) : [],
    }),
  }),
});

/** The connection that asks, as it is now; an HTTP request is in no registry. */
function ownSession({ viewer, services }: Context): SessionView {
  return services.sessions.current(viewer) ?? requestOf(viewer, services.instanceId);
}

function requestOf({ session, userId, workspaceId }: Viewer, instanceId: string): SessionView {
  const { id, transport, connectedAt, tokenId = '', tokenExpiresAt, ip = null, userAgent = null } = session;
  const tokens = [{ id: tokenId, expiresAt: tokenExpiresAt?.toISOString() ?? null }];
  const state = { topics: 0, dropped: 0, parked: 0, lagging: false };
  return {
    ...{ id, userId, workspaceId, instanceId, transport, tokens, ip, userAgent },
    connectedAt: connectedAt.toISOString(),
    ...state,
  };
}

builder.queryFields((t) => ({
  session: t.field({
    type: SessionRef,
    description: 'The connection that asks.',
    authScopes: { authenticated: true },
    resolve: (_root, _args, context) => ownSession(context),
  }),
  sessions: t.field({
    type: [SessionRef],
    description:
      'Open connections on all servers, oldest first; those of other servers as they were a few seconds ago. While Redis is away only those of the server that answers.',
    authScopes: { authenticated: true },
    args: {
      all: t.arg.boolean({
        defaultValue: false,
        description: "True: of everybody in the workspace, for ADMINs; otherwise one's own.",
      }),
    },
    resolve: (_root, { all }, context) => sessionsListed(context, { all: all ?? false }),
  }),
}));

mutation('refreshSession', {
  description:
    'Gives the connection that asks a fresh token of the same person: it then lasts as long as that token. Only over a socket.',
  inputFields: (t) => ({
    token: t.string({ required: true, description: 'The fresh token, without `Bearer`.' }),
  }),
  run: (context, input) => refreshSession(context, input),
  outputFields: (t) => ({
    session: t.field({
      type: SessionRef,
      description: 'The connection, with the expiry of the fresh token.',
      resolve: (_result, _args, context) => ownSession(context),
    }),
  }),
});

mutation('endSession', {
  description:
    "Ends a connection and all others with the same token, which lets nobody in any more. Of one's own; ADMINs those of everybody in the workspace.",
  inputFields: (t) => ({ id: t.id({ required: true, description: 'Id of the connection.' }) }),
  run: (context, input) => endSession(context, input),
  outputFields: (t) => ({
    sessionId: t.exposeID('sessionId', { description: 'The connection that was ended.' }),
  }),
});
