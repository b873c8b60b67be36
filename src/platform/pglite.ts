import { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';
import pg from 'pg';

const terminate = 0x58; // 'X', the last message of a connection

/** The socket of a pg connection whose other end is PGlite in this process. */
class PgliteStream extends Duplex {
  readonly #server: PGlite;
  readonly #earlierGone: Promise<void>;
  readonly #gone = Promise.withResolvers<void>();

  constructor(server: PGlite, earlierGone: Promise<void>) {
    super();
    this.#server = server;
    this.#earlierGone = earlierGone;
  }

  /** Resolves when nothing of this connection reaches the server any more. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  // The pool replaces a connection after an error, and may open the next before the last is closed. PGlite has one
  // session: a start-up message between the other's ROLLBACK and its end was answered with nothing, and all hung.
  connect(): this {
    void this.#earlierGone.then(() => this.emit('connect'));
    return this;
  }
  // What pg asks of a socket; there is no network to tune.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  #send(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (bytes[0] === terminate) {
      done();
      this.push(null);
      return;
    }
    this.#server.execProtocolRaw(bytes).then((answer) => {
      // Not at once: query upon query would run in microtasks and starve the loop (measured: 2.5 s).
      setImmediate(() => {
        if (answer.length > 0) this.push(Buffer.from(answer));
        done();
      });
    }, done);
  }

  // The session outlives this connection: what it left open must not meet the next one.
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const finish = () => {
      this.#gone.resolve();
      done(error);
    };
    if (this.#server.closed) finish();
    else this.#server.exec('ROLLBACK').then(finish, finish);
  }
}

/** A pool of one connection to an embedded database, for everything that expects PostgreSQL behind `pg`. */
export function pglitePool(server: PGlite, options: pg.PoolConfig): pg.Pool {
  let gone = Promise.resolve();
  return new pg.Pool({
    ...options,
    // The user and database every PGlite has; it checks no password.
    user: 'postgres',
    database: 'postgres',
    password: 'unused',
    ssl: false,
    max: 1,
    min: 1,
    idleTimeoutMillis: 0,
    stream: () => {
      const stream = new PgliteStream(server, gone);
      gone = stream.gone;
      return stream;
    },
  });
}
