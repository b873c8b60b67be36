// Where the old names went, but for the facts: those are said by `wireName` in their declarations.

/** What a name is here. */
export interface NewForm {
  /** In words, as Markdown. */
  readonly is: string;
  /** Of the GraphQL schema: `Mutation.sendMessage`. The test fails when one is not there. */
  readonly schema?: readonly string[];
  /** Files of the repository. The test fails when one is not there. */
  readonly files?: readonly string[];
}

/** Facts that no domain declares yet: what their names will lead to. An entry is taken out when its domain is there. */
export const factsToCome: Readonly<Record<string, string>> = {};

/** Places of the schema and files that the forms name and that are not there yet. */
export const placesToCome: readonly string[] = [];

type Forms = Readonly<Record<string, NewForm>>;

/** What the servers sent that is no fact: about a moment, or about the connection. */
export const sentForms: Forms = {
  connected: {
    is: 'the payload of `connection_ack` (`sessionId userId topicCount serverTime instanceId tokenExpiresAt`)',
    schema: ['Query.session'],
    files: ['docs/protocol.md'],
  },
  heartbeat: { is: '`ping` and `pong` of the protocol, every `WS_PING_INTERVAL_MS`', files: ['docs/protocol.md'] },
  pong: { is: 'the answer of `ping`', schema: ['Query.ping', 'Pong.timestamp'] },
  error: {
    is: '`errors[].extensions { code timestamp originalEvent … }` of the operation; only tokens and abuse close the socket',
    files: ['docs/errors.md'],
  },
  'user-connected': {
    is: 'a signal with the status ONLINE',
    schema: ['Subscription.signals', 'PresenceSignal.status'],
  },
  'user-disconnected': {
    is: 'a signal with the status OFFLINE, when the last device is gone',
    schema: ['Subscription.signals', 'PresenceSignal.status'],
  },
  'user:online': { is: 'a signal with the status ONLINE', schema: ['Subscription.signals', 'PresenceSignal.status'] },
  'user:offline': {
    is: 'a signal with the status OFFLINE, when the last device is gone',
    schema: ['Subscription.signals', 'PresenceSignal.status'],
  },
  'user-joined': {
    is: 'a signal: somebody looks at the topic',
    schema: ['ViewingSignal.viewing', 'Mutation.setViewing'],
  },
  'user-left': { is: 'a signal: somebody looks away', schema: ['ViewingSignal.viewing', 'Mutation.setViewing'] },
  typing: { is: 'a signal, to everybody but who types', schema: ['TypingSignal.typing', 'Subscription.signals'] },
};

/** What the clients sent. */
export const askedForms: Forms = {
  'subscribe.project': {
    is: 'a subscription: it is the joining',
    schema: ['Subscription.taskUpdated', 'Subscription.events'],
  },
  'unsubscribe.project': { is: '`complete` of that operation' },
  'GET /notifications': {
    is: 'a query with `first`, `after` and a filter; `{ items, nextCursor }` are `nodes` and `pageInfo.endCursor`',
    schema: ['Query.notifications'],
  },
  'PATCH /notifications/:id/read': { is: 'a mutation', schema: ['Mutation.markNotificationRead'] },
  'POST /notifications/read-all': { is: 'a mutation', schema: ['Mutation.markAllNotificationsRead'] },
  'message:send': {
    is: 'a mutation, over the socket or HTTP; its acknowledgement is the payload',
    schema: ['Mutation.sendMessage'],
  },
  'message:edit': { is: 'a mutation', schema: ['Mutation.editMessage'] },
  'message:delete': { is: 'a mutation', schema: ['Mutation.deleteMessage'] },
  'messages:sync': {
    is: 'a query, with `lastMessages` or cursors, or `after` on any subscription; also what was edited and deleted meanwhile',
    schema: ['Query.sync'],
  },
  'room:join': { is: 'a subscription: it is the joining', schema: ['Subscription.events'] },
  'room:leave': { is: '`complete` of that operation' },
  ping: { is: 'a query, to measure the way there and back', schema: ['Query.ping'] },
  'join-conversation': {
    is: 'a subscription: it is the joining',
    schema: ['Subscription.newMessage', 'Subscription.events'],
  },
  'leave-conversation': { is: '`complete` of that operation' },
  message: { is: 'a mutation', schema: ['Mutation.sendMessage'] },
  typing: { is: 'a mutation', schema: ['Mutation.setTyping'] },
  read: { is: 'a mutation', schema: ['Mutation.markConversationRead'] },
  'offer-update': { is: 'mutations', schema: ['Mutation.updateOffer', 'Mutation.acceptOffer'] },
};

/** Rooms are topics: subscribing is joining, and access is asked for then and at every event. */
export const roomForms: Forms = {
  'article-123': {
    is: 'the topic of kind CONTENT with that `externalId`',
    schema: ['TopicKind.CONTENT', 'Topic.externalId'],
  },
  'blog-456': {
    is: 'the topic of kind CONTENT with that `externalId`',
    schema: ['TopicKind.CONTENT', 'Topic.externalId'],
  },
  'project:<id>': { is: 'the topic of kind PROJECT', schema: ['TopicKind.PROJECT', 'Subscription.taskUpdated'] },
  'user:<id>': {
    is: 'the own topic of a person, on all their devices',
    schema: ['TopicKind.USER', 'Subscription.inbox'],
  },
  'user:{id}': {
    is: 'the own topic of a person, on all their devices',
    schema: ['TopicKind.USER', 'Subscription.inbox'],
  },
  'conversation:{id}': {
    is: 'the topic of kind CONVERSATION',
    schema: ['TopicKind.CONVERSATION', 'Subscription.newMessage'],
  },
  'conversation:{conversationId}': {
    is: 'the topic of kind CONVERSATION',
    schema: ['TopicKind.CONVERSATION', 'Subscription.newMessage'],
  },
};

/** Files, classes and methods. There is one gateway for all domains, and nothing but the log may write to it. */
export const fileForms: Forms = {
  NotificationsModule: { is: 'a folder for each domain', files: ['src/domains/catalogue.ts'] },
  NotificationsGateway: { is: 'the socket server of all domains', files: ['src/live/server.ts', 'src/live/hub.ts'] },
  WsJwtGuard: { is: 'the check of tokens, the same for sockets and HTTP', files: ['src/domains/identity/auth.ts'] },
  'notifications.gateway.ts': {
    is: 'the socket server and the inbox',
    files: ['src/live/server.ts', 'src/domains/notifications/inbox.ts'],
  },
  'WebSocketContext.tsx': {
    is: 'the client package with its hooks, `useConnectionState()` and `useAttention()` among them',
    files: ['docs/client.md', 'src/client/hooks.ts'],
  },
  '/app/test/websocket': {
    is: 'GraphiQL, and a client for the terminal',
    files: ['src/graphql/graphiql.ts', 'scripts/client.ts'],
  },
  'gateway.module.ts': { is: 'where the parts are joined', files: ['src/app.ts'] },
  'chat.gateway.ts': {
    is: 'the socket server of all domains; what it did for chat is the domain',
    files: ['src/live/server.ts', 'src/domains/chat/graphql.ts'],
  },
  'connection.service.ts': {
    is: 'the registry of connections',
    files: ['src/live/registry.ts', 'src/live/sessions.ts'],
  },
  'room.service.ts': {
    is: 'following topics',
    files: ['src/events/follow.ts', 'src/live/hub.ts', 'src/domains/membership/access.ts'],
  },
  'ws-auth.guard.ts': { is: 'the check of tokens', files: ['src/domains/identity/auth.ts', 'src/live/handshake.ts'] },
  'ws-current-user.decorator.ts': { is: '`context.viewer`', files: ['src/graphql/context.ts'], schema: ['Query.me'] },
  'ws-exception.filter.ts': {
    is: 'the one mapping of errors',
    files: ['src/graphql/errors.ts', 'src/platform/errors.ts'],
  },
  'authenticated-socket.interface.ts': { is: '`Session` and `Viewer`', files: ['src/graphql/context.ts'] },
  'socket-user-data.interface.ts': {
    is: '`Viewer`; topics are looked up and not kept on the socket',
    files: ['src/graphql/context.ts'],
  },
  'ws-send-message.dto.ts': {
    is: 'an input type and its checks',
    schema: ['SendMessageInput.content'],
    files: ['src/domains/chat/input.ts'],
  },
  'ws-edit-message.dto.ts': {
    is: 'an input type and its checks',
    schema: ['EditMessageInput.content'],
    files: ['src/domains/chat/input.ts'],
  },
  'ws-delete-message.dto.ts': { is: 'an input type', schema: ['DeleteMessageInput.messageId'] },
  RedisIoAdapter: {
    is: 'the bell: Redis carries only the news that there is something in the log',
    files: ['src/events/bell.ts', 'src/platform/redis.ts'],
  },
  emitToConversation: {
    is: '`append` to the log of the topic, in the transaction of the command',
    files: ['src/events/append.ts'],
  },
  emitToUser: { is: '`append` to the own topic of a person', files: ['src/events/append.ts'] },
  notifyNewConversation: {
    is: 'the event `ConversationCreated`, which open streams gain the topic by',
    schema: ['ConversationCreated.conversation'],
  },
  notifyUserAdded: { is: 'the event `MemberAdded`', schema: ['MemberAdded.user'] },
  notifyUserRemoved: { is: 'the event `MemberRemoved`, at which streams end', schema: ['MemberRemoved.user'] },
  findAllIdsForUser: { is: 'what somebody belongs to, in one statement', files: ['src/domains/membership/entry.ts'] },
  'talks.gateway.ts': {
    is: 'the domains of conversations and offers',
    files: ['src/domains/chat/graphql.ts', 'src/domains/offers/graphql.ts'],
  },
  'dto/websocket.dto.ts': { is: 'the schema', files: ['schema.graphql'] },
  'talks.gateway.spec.ts': { is: 'tests over real sockets', files: ['test/protocol/websocket.test.ts'] },
  'test-websocket-client.js': { is: 'a client for the terminal', files: ['scripts/client.ts'] },
  'WEBSOCKET_README.md': {
    is: 'the protocol and the events',
    files: ['docs/protocol.md', 'docs/events.md', 'README.md'],
  },
  'talks.module.ts': { is: 'a line in the catalogue', files: ['src/domains/catalogue.ts'] },
  'talks.service.ts': { is: 'the commands', files: ['src/domains/chat/commands.ts', 'src/domains/offers/commands.ts'] },
  isUserOnline: { is: 'a field', schema: ['User.presence', 'Query.presence'] },
  getActiveUsers: { is: 'a query for ADMINs', schema: ['Query.activeUsers'] },
  broadcastToConversation: {
    is: '`append` to the log of the topic; for other back ends a mutation',
    files: ['src/events/append.ts', 'docs/external-events.md'],
  },
  sendToUser: {
    is: '`append` to the own topic of a person; for other back ends a mutation',
    files: ['src/events/append.ts', 'docs/external-events.md'],
  },
};

const registry = ['src/live/registry.ts', 'src/live/registryKeys.ts'];

/** Sorted sets, whose scores expire: a server that died leaves nobody online. */
export const redisForms: Forms = {
  'ws:connections:{userId}': { is: 'the same key, a sorted set by the time of the last heartbeat', files: registry },
  'ws:socket:{socketId}': { is: 'the same key, with what is shown of a session', files: registry },
  'ws:online': { is: 'the same key for each workspace, a sorted set', files: registry },
  SADD: { is: '`ZADD`', files: registry },
  SREM: { is: '`ZREM`', files: registry },
  SCARD: { is: 'counting those whose score has not expired', files: registry },
  SMEMBERS: { is: '`ZRANGEBYSCORE` from now on', files: registry },
  SISMEMBER: { is: 'the same, for each person asked for', files: registry },
  HSET: { is: '`SET` of the whole with an expiry', files: registry },
  DEL: { is: '`DEL`', files: registry },
};

const code = (is: string): NewForm => ({ is, files: ['docs/errors.md'] });

/** The codes are the same; two came to them, `CONFLICT` and `CURSOR_EXPIRED`. */
export const errorForms: Forms = {
  UNAUTHORIZED: code('the same; sockets are closed with 4401, or 4403 for an expired token'),
  FORBIDDEN: code('the same; a missing topic and a foreign one are told apart by nobody'),
  NOT_FOUND: code('the same'),
  VALIDATION_ERROR: code('the same, with the `field`'),
  RATE_LIMITED: code('the same, with `retryAfterMs`'),
  INTERNAL_ERROR: code('the same, with the `correlationId`'),
  CONNECTION_ERROR: code('the same'),
};

/** Every item of the checklists, and where to see that it holds. */
export const checklistForms: Forms = {
  'Backend WebSocket gateway running on port 8001': {
    is: '`WEBSOCKET_PORT=8001` beside `PORT`, or one port',
    files: ['test/protocol/websocket.test.ts'],
  },
  'Frontend connects successfully to WebSocket server': {
    is: 'the client package and stock graphql-ws clients connect',
    files: ['test/client/client.websocket.test.ts', 'test/graphiql.test.ts'],
  },
  'JWT authentication working': { is: 'every connection and request', files: ['src/domains/identity/auth.test.ts'] },
  'Real-time task updates delivered': {
    is: '`taskUpdated(projectId)`',
    files: ['src/domains/tasks/tasks.websocket.test.ts'],
  },
  'Auto-reconnection functioning': {
    is: 'the client package tries at least four times in five seconds, and resumes from its cursor',
    files: ['test/client/client.websocket.test.ts', 'test/protocol/resume.websocket.test.ts'],
  },
  'ADHD optimizations active': {
    is: 'one notification for each thread that grows; quiet hours, focus and batches are to come',
    files: ['src/domains/notifications/notifications.test.ts'],
  },
  'Production configurations updated': {
    is: 'all of them checked at the start',
    files: ['docs/configuration.md', 'src/platform/config.test.ts'],
  },
  'Docker/Kubernetes deployments ready': {
    is: 'probes and draining are there; images and manifests are to come',
    files: ['docs/operations.md', 'test/protocol/drain.websocket.test.ts'],
  },
  'Monitoring and logging configured': {
    is: 'metrics, traces, structured logs',
    files: ['docs/metrics.md', 'test/protocol/metrics.websocket.test.ts'],
  },
  'Error handling comprehensive': { is: 'one catalogue', files: ['docs/errors.md', 'src/platform/errors.test.ts'] },
  '4.1 Install dependencies': { is: '`npm ci`', files: ['package.json'] },
  '4.2 Create module structure': { is: 'the table of folders', files: ['docs/architecture.md'] },
  '4.3 Define interfaces': { is: '`Session`, `Viewer`, `Context`', files: ['src/graphql/context.ts'] },
  '4.4 Implement ConnectionService': {
    is: 'the registry',
    files: ['src/live/registry.ts', 'src/live/registry.test.ts'],
  },
  '4.5 Implement RoomService': {
    is: 'topics, and who may read them',
    files: ['src/domains/membership/access.ts', 'src/domains/membership/access.test.ts'],
  },
  '4.6 Implement WsAuthGuard': {
    is: 'tokens',
    files: ['src/domains/identity/auth.ts', 'src/domains/identity/auth.test.ts'],
  },
  '4.7 Implement WsCurrentUser decorator': { is: '`context.viewer`', files: ['src/graphql/context.ts'] },
  '4.8 Implement WsExceptionFilter': { is: 'errors', files: ['src/graphql/errors.ts'] },
  '4.9 Create WebSocket DTOs': { is: 'input types', files: ['schema.graphql'] },
  '4.10 Implement ChatGateway': {
    is: 'the socket server, and the domain of conversations',
    files: ['src/live/server.ts', 'src/domains/chat/commands.ts'],
  },
  '4.11 Configure Redis adapter': { is: '`REDIS_URL`', files: ['src/events/bell.ts', 'test/failure/redis.test.ts'] },
  '4.12 Integrate with REST endpoints': {
    is: 'mutations over HTTP are heard over sockets; other back ends publish',
    files: ['docs/external-events.md', 'src/domains/external/external.test.ts'],
  },
  '4.13 Handle reconnection sync': {
    is: 'cursors',
    files: ['test/protocol/resume.websocket.test.ts', 'src/domains/membership/sync.test.ts'],
  },
  '4.14 Add heartbeat handling': {
    is: '`WS_PING_INTERVAL_MS`, `WS_PING_TIMEOUT_MS`',
    files: ['test/protocol/close-codes.websocket.test.ts'],
  },
  '4.15 Register module': { is: 'a line in the catalogue', files: ['src/domains/catalogue.ts'] },
  '4.16 Test all scenarios': { is: '`npm test`', files: ['test/protocol/promises.test.ts', 'docs/protocol.md'] },
  'Created WebSocket Gateway in `talks.gateway.ts`': { is: 'the socket server', files: ['src/live/server.ts'] },
  'Implemented JWT authentication for connections': { is: 'tokens', files: ['src/domains/identity/auth.test.ts'] },
  'Implemented all 6 required events': { is: 'the table of what clients sent, above' },
  'Created conversation-based rooms': { is: 'the topic of a conversation', schema: ['TopicKind.CONVERSATION'] },
  'Broadcast only to authorized users': {
    is: 'access at the start and at every event',
    files: ['test/protocol/access.websocket.test.ts', 'test/protocol/accessRandom.websocket.test.ts'],
  },
  'Handle connection/disconnection properly': {
    is: 'sessions',
    files: ['test/protocol/sessions.websocket.test.ts', 'test/protocol/leaks.websocket.test.ts'],
  },
  'Store active connections mapping': {
    is: 'the registry',
    files: ['src/live/registry.test.ts'],
    schema: ['Query.sessions'],
  },
  'Added comprehensive error handling': { is: 'one catalogue', files: ['docs/errors.md'] },
  'Updated TalksModule with gateway': { is: 'a line in the catalogue', files: ['src/domains/catalogue.ts'] },
  'Integrated with TalksService': { is: 'commands append, and the log does the rest', files: ['docs/architecture.md'] },
  'Added proper logging throughout': { is: 'structured logs', files: ['docs/operations.md'] },
  'Created unit tests': { is: '`npm test`', files: ['README.md'] },
  'Created test client': { is: '`npm run client`', files: ['scripts/client.ts'] },
  'Documented all events': { is: 'printed from the declarations', files: ['docs/events.md'] },
};
