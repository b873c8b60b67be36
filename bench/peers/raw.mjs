// The least there is: ws, and one buffer that is sent to every socket of a topic. No users, no log, no GraphQL.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { answerCalls, measuring } from '../support/ipc.ts';
import { listening, publishing, taskOf } from './task.mjs';

const server = createServer();
const rooms = new Map();
const webSockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
webSockets.on('connection', (webSocket, request) => {
  const room = new URL(request.url, 'http://localhost').searchParams.get('topic') ?? '';
  if (!rooms.has(room)) rooms.set(room, new Set());
  rooms.get(room).add(webSocket);
  webSocket.on('close', () => rooms.get(room).delete(webSocket));
});
const port = await listening(server);
// As many bytes as Belfry sends, cursor included.
const extensions = {
  traceparent: 'x'.repeat(38),
  cursor: 'x'.repeat(44),
  topic: 'project:019aa0a0-0000-7000-8000-000000000001',
};

answerCalls({
  ...measuring,
  port: () => port,
  publish: publishing((projectId, mark) => {
    const payload = { data: { taskUpdated: { task: taskOf(mark) } }, extensions };
    const message = Buffer.from(JSON.stringify({ id: '019aa0a0-0000-7000-8000-000000000002', type: 'next', payload }));
    for (const webSocket of rooms.get(projectId) ?? []) webSocket.send(message, { binary: false });
  }),
});
