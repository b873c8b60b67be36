import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

/** Stands before a server's port: what goes through can be cut, refused, held back or led elsewhere. */
export interface Door extends AsyncDisposable {
  readonly port: number;
  /** The address of the server, with the door's port instead. */
  readonly url: string;
  /** Cuts every connection; new ones are let through. */
  cut(): void;
  /** Cuts every connection and refuses new ones until {@link open}. */
  shut(): Promise<void>;
  open(): Promise<void>;
  /** Lets nothing through any more in connections there are, without closing them, like a network that is gone. */
  stall(): void;
  /** New connections go to that address. */
  leadTo(url: string): void;
}

/** A door to the host and port of `url`, open. */
export async function openDoor(url: string): Promise<Door> {
  let target = new URL(url);
  const sockets = new Set<net.Socket>();

  function serve(client: net.Socket): void {
    const server = net.connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }

  async function listen(port: number): Promise<net.Server> {
    const server = net.createServer(serve).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  let listener = await listen(0);
  const { port } = listener.address() as AddressInfo;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  async function shut(): Promise<void> {
    if (!listener.listening) return;
    const closed = once(listener, 'close');
    listener.close();
    cut();
    await closed;
  }

  return {
    port,
    url: Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    cut,
    shut,
    async open() {
      listener = await listen(port);
    },
    stall() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    leadTo(other) {
      target = new URL(other);
    },
    [Symbol.asyncDispose]: shut,
  };
}
