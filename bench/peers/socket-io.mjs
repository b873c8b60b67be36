// A Socket.IO room, over WebSocket only.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { answerCalls, measuring } from '../support/ipc.ts';
import { listening, publishing, taskOf } from './task.mjs';

const server = createServer();
const io = new Server(server, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => socket.join(socket.handshake.query.topic));
const port = await listening(server);

answerCalls({
  ...measuring,
  port: () => port,
  publish: publishing((projectId, mark) => io.to(projectId).emit('taskUpdated', taskOf(mark))),
});
