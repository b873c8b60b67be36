import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { StartupError } from './errors.ts';

/** An HTTP server that listens. Disposing it ends every connection, also half-open ones and those of sockets. */
export interface Listener extends AsyncDisposable {
  readonly server: Server;
  /** The port that was taken; another than the one asked for where that was 0. */
  readonly port: number;
}

/**
 * Connections that wait to be accepted; the system may allow fewer (net.core.somaxconn). Of 5,000 clients that came back at
 * once Node's 511 left many to try again after 1, 3, 7 and 15 s.
 */
const backlog = 4_096;

/** How long connections may take to end by themselves. */
const closeWaitMs = 1_000;

/**
 * Listens on a port.
 * @throws StartupError when the port is taken or may not be used.
 */
export function openListener(handler: RequestListener, port: number, host: string): Promise<Listener> {
  const options = {
    // Java's client asks every server for HTTP/2 with `Upgrade: h2c`; whoever upgrades to nothing we speak is answered.
    shouldUpgradeCallback: ({ headers }: { headers: { upgrade?: string | undefined } }) =>
      headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server = createServer(options, handler);
  const connections = new Set<Socket>();
  // One function for all, and not `once`: 350 bytes less for each connection.
  function forget(this: Socket): void {
    connections.delete(this);
  }
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', forget);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = 'it is in use by another program; stop that one, or set PORT';
      const why = error.code === 'EADDRINUSE' ? taken : error.message;
      reject(new StartupError(`Cannot listen on ${host}:${port}: ${why}.`, { cause: error }));
    });
    server.listen({ port, host, backlog }, () =>
      resolve({
        server,
        port: (server.address() as AddressInfo).port,
        [Symbol.asyncDispose]: () => close(server, connections),
      }),
    );
  });
}

/** Node's own close waits for connections that were upgraded, and a client may keep its half open for ever. */
async function close(server: Server, connections: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  const late = setTimeout(() => {
    for (const socket of connections) socket.destroy();
  }, closeWaitMs);
  await closed;
  clearTimeout(late);
}
