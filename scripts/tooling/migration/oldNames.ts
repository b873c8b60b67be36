// What the five documents that Belfry replaces call things, word for word, in their order. Only the list: where each
// name went is said by the declarations of events (`wireName`) and by newForms.ts, and test/migration.test.ts fails
// for a name of which nobody says it.

/** The documents, as the list names them. */
export const documents = {
  pages: 'Content pages (a task list)',
  projects: 'Projects, notifications and the activity feed (a task list)',
  guide: 'Notifications that are kind to attention (an integration guide)',
  chat: 'The chat gateway (an implementation guide)',
  talks: 'Talks and offers (a summary of a gateway)',
} as const;

export type DocumentName = keyof typeof documents;
type Names = Readonly<Partial<Record<DocumentName, readonly string[]>>>;

/** What the servers sent. */
export const sent: Names = {
  pages: ['user-connected', 'user-disconnected', 'new-comment', 'new-rating', 'live-update'],
  projects: [
    'task.created',
    'task.updated',
    'task.commented',
    'task.deleted',
    'task.assigned',
    'project.updated',
    'time.started',
    'time.stopped',
    'connected',
    'heartbeat',
    'error',
  ],
  chat: [
    'connected',
    'error',
    'message:new',
    'message:updated',
    'message:deleted',
    'user:online',
    'user:offline',
    'conversation:new',
    'conversation:joined',
    'conversation:removed',
    'participant:added',
    'participant:removed',
    'pong',
  ],
  talks: [
    'connected',
    'message',
    'new-message',
    'typing',
    'read',
    'user-joined',
    'user-left',
    'offer-created',
    'offer-update',
    'offer-accepted',
    'new-offer',
  ],
};

/** What the clients sent; and the REST calls beside it. */
export const asked: Names = {
  projects: [
    'subscribe.project',
    'unsubscribe.project',
    'GET /notifications',
    'PATCH /notifications/:id/read',
    'POST /notifications/read-all',
  ],
  chat: ['message:send', 'message:edit', 'message:delete', 'messages:sync', 'room:join', 'room:leave', 'ping'],
  talks: ['join-conversation', 'leave-conversation', 'message', 'typing', 'read', 'offer-update'],
};

/** Rooms. */
export const rooms: Names = {
  pages: ['article-123', 'blog-456'],
  projects: ['project:<id>', 'user:<id>'],
  chat: ['conversation:{id}', 'user:{id}'],
  talks: ['conversation:{conversationId}'],
};

/** Files, classes and methods. */
export const files: Names = {
  pages: ['NotificationsModule', 'NotificationsGateway', 'WsJwtGuard'],
  guide: ['notifications.gateway.ts', 'WebSocketContext.tsx', '/app/test/websocket'],
  chat: [
    'gateway.module.ts',
    'chat.gateway.ts',
    'connection.service.ts',
    'room.service.ts',
    'ws-auth.guard.ts',
    'ws-current-user.decorator.ts',
    'ws-exception.filter.ts',
    'authenticated-socket.interface.ts',
    'socket-user-data.interface.ts',
    'ws-send-message.dto.ts',
    'ws-edit-message.dto.ts',
    'ws-delete-message.dto.ts',
    'RedisIoAdapter',
    'emitToConversation',
    'emitToUser',
    'notifyNewConversation',
    'notifyUserAdded',
    'notifyUserRemoved',
    'findAllIdsForUser',
  ],
  talks: [
    'talks.gateway.ts',
    'dto/websocket.dto.ts',
    'talks.gateway.spec.ts',
    'test-websocket-client.js',
    'WEBSOCKET_README.md',
    'talks.module.ts',
    'talks.service.ts',
    'isUserOnline',
    'getActiveUsers',
    'broadcastToConversation',
    'sendToUser',
  ],
};

/** What was kept in Redis. */
export const redis: Names = {
  chat: [
    'ws:connections:{userId}',
    'ws:socket:{socketId}',
    'ws:online',
    'SADD',
    'SREM',
    'SCARD',
    'SMEMBERS',
    'HSET',
    'DEL',
    'SISMEMBER',
  ],
};

/** Error codes. */
export const errors: Names = {
  chat: [
    'UNAUTHORIZED',
    'FORBIDDEN',
    'NOT_FOUND',
    'VALIDATION_ERROR',
    'RATE_LIMITED',
    'INTERNAL_ERROR',
    'CONNECTION_ERROR',
  ],
};

/** Checklists. */
export const checklists: Names = {
  guide: [
    'Backend WebSocket gateway running on port 8001',
    'Frontend connects successfully to WebSocket server',
    'JWT authentication working',
    'Real-time task updates delivered',
    'Auto-reconnection functioning',
    'ADHD optimizations active',
    'Production configurations updated',
    'Docker/Kubernetes deployments ready',
    'Monitoring and logging configured',
    'Error handling comprehensive',
  ],
  chat: [
    '4.1 Install dependencies',
    '4.2 Create module structure',
    '4.3 Define interfaces',
    '4.4 Implement ConnectionService',
    '4.5 Implement RoomService',
    '4.6 Implement WsAuthGuard',
    '4.7 Implement WsCurrentUser decorator',
    '4.8 Implement WsExceptionFilter',
    '4.9 Create WebSocket DTOs',
    '4.10 Implement ChatGateway',
    '4.11 Configure Redis adapter',
    '4.12 Integrate with REST endpoints',
    '4.13 Handle reconnection sync',
    '4.14 Add heartbeat handling',
    '4.15 Register module',
    '4.16 Test all scenarios',
  ],
  talks: [
    'Created WebSocket Gateway in `talks.gateway.ts`',
    'Implemented JWT authentication for connections',
    'Implemented all 6 required events',
    'Created conversation-based rooms',
    'Broadcast only to authorized users',
    'Handle connection/disconnection properly',
    'Store active connections mapping',
    'Added comprehensive error handling',
    'Updated TalksModule with gateway',
    'Integrated with TalksService',
    'Added proper logging throughout',
    'Created unit tests',
    'Created test client',
    'Documented all events',
  ],
};
