import type { ServerResponse } from 'node:http';
import type { ExecutionArgs } from 'graphql';
import type { Context, Services, Viewer } from '../graphql/context.ts';
import { AppError, closeCodes, tokenSentences } from '../platform/errors.ts';
import { deviceIdOf } from './devices.ts';
import type { Leaver } from './drain.ts';
import type { Hub } from './hub.ts';
import type { LiveOperation } from './operation.ts';
import { type SessionEnd, sessionEnds } from './ownSession.ts';
import type { LiveSessions } from './sessions.ts';
import type { Sink } from './sink.ts';
import { startSubscription } from './subscribe.ts';

/** Why streams end that did not end by themselves, and when it is worth coming back. */
const restartRetryMs = 1_000;
const restarting = 'The server is restarting.';
/** Proxies cut a connection that is silent for a minute or half of one. */
const keepAliveMs = 12_000;
/** So often within `LAG_CLOSE_MS` is looked at who takes nothing; one timer for all streams. */
const looksPerLag = 4;

export interface SseServer {
  /**
   * Answers a subscription as server-sent events, in the "distinct connections" mode of the GraphQL over SSE
   * protocol: `next` for each result, `complete` at the end. Where the stream stands is told in comments.
   * Throws what kept it from starting.
   */
  answer(
    args: ExecutionArgs & { contextValue: Context },
    parts: { after: unknown; signal: AbortSignal; response: ServerResponse },
  ): Promise<Response>;
  /** Refuses new streams from now on, with a retryable error: the server is about to end. */
  refuseStreams(): void;
  /** The open streams, to be sent away. */
  leavers(): Leaver[];
  /** Ends every stream with a retryable error. */
  close(): void;
}

export function createSseServer(parts: { services: Services; hub: Hub; sessions: LiveSessions }): SseServer {
  const { services, hub, sessions } = parts;
  const { config, metrics } = services;
  const log = services.log.child({ ns: 'sse' });
  const open = new Set<Leaver>();
  const readers = new Set<Reader>();
  let refusing = false;
  const looking = setInterval(look, Math.max(20, config.lagCloseMs / looksPerLag)).unref();

  /** Whoever takes nothing is told so, behind what is not read yet, and cut when that is not read either. */
  function look(): void {
    const nowMs = performance.now();
    for (const { operation, output, response } of readers) {
      const { session, userId } = operation.viewer;
      if (!output.stuckFor(config.lagCloseMs, nowMs)) continue;
      if (operation.ended) {
        log.info({ sessionId: session.id, userId }, 'sse.cut');
        response.destroy();
        continue;
      }
      hub.fail(operation, comeBack(closeCodes.lagging.reason));
      metrics.dropped.of('lagging').value++;
    }
  }

  return {
    async answer(args, { after, signal, response }) {
      if (refusing) throw new AppError('CONNECTION_ERROR', restarting, { retryAfterMs: restartRetryMs });
      const viewer: Viewer = args.contextValue.viewer;
      const output = createOutput(config.outboxLimitBytes, response);
      const { id, ip, userAgent } = viewer.session;
      let operation: LiveOperation | undefined;
      let ended: SessionEnd | undefined;
      const end = (error: AppError) => operation && hub.fail(operation, error);
      // Watched before it begins: nothing is written to a person or a token that is refused meanwhile.
      const session = await sessions.open(
        viewer,
        { id: deviceIdOf({ ip, userAgent }), replaces: undefined },
        {
          end(why) {
            ended ??= why;
            end(errorOf(why));
          },
          onWorkspaceRole: () => hub.askAgain(viewer.userId),
          // Nothing can be sent on this connection: the client comes back with another token.
          onTokenExpiring: () => undefined,
          state() {
            const { topics, behind } = hub.topicsOf(id);
            const lagging = !output.sink.ready;
            return { topics, dropped: output.dropped, parked: lagging ? behind : 0, lagging };
          },
          limits: () => [],
        },
      );
      try {
        const started = await startSubscription(hub, args, { sink: output.sink, after });
        if (!('sink' in started)) throw started.errors?.[0] ?? new Error('the subscription did not start');
        operation = started;
      } catch (error) {
        session[Symbol.dispose]();
        throw error;
      }
      const stream = operation;
      if (ended) end(errorOf(ended));
      const leaver: Leaver = {
        // There is no message beside events; the last one tells.
        announce: () => undefined,
        leave: (retryAfterMs) => end(comeBack(restarting, retryAfterMs)),
        cut: () => end(comeBack(restarting)),
        gone: stream.whenEnded,
      };
      const keepAlive = setInterval(() => output.sink.ready && output.comment(''), keepAliveMs);
      const gone = () => hub.stop(stream);
      open.add(leaver);
      const reader: Reader = { operation: stream, output, response };
      readers.add(reader);
      response.once('close', () => readers.delete(reader));
      signal.addEventListener('abort', gone, { once: true });
      output.onCancel(gone);
      if (signal.aborted) gone();
      if (response.destroyed) readers.delete(reader);
      void stream.whenEnded.then(() => {
        clearInterval(keepAlive);
        open.delete(leaver);
        signal.removeEventListener('abort', gone);
        session[Symbol.dispose]();
        output.complete();
      });
      return new Response(output.body, {
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          // nginx would gather events until its buffer is full.
          'x-accel-buffering': 'no',
        },
      });
    },
    refuseStreams() {
      refusing = true;
    },
    leavers: () => [...open],
    close() {
      clearInterval(looking);
      for (const leaver of [...open]) leaver.leave(restartRetryMs);
    },
  };
}

function comeBack(message: string, retryAfterMs = restartRetryMs): AppError {
  return new AppError('CONNECTION_ERROR', message, { retryAfterMs });
}

/** What a stream says last when the server ends it on account of its person or token. */
function errorOf(why: SessionEnd): AppError {
  switch (why) {
    case 'deactivated':
      return new AppError('UNAUTHORIZED', tokenSentences.invalid);
    case 'ended':
      return new AppError('UNAUTHORIZED', sessionEnds.ended.reason);
    case 'expired':
      return new AppError('UNAUTHORIZED', tokenSentences.expired, { retryAfterMs: restartRetryMs });
    case 'evicted':
      return new AppError('RATE_LIMITED', closeCodes.evicted.reason);
    case 'unknown':
      return comeBack('The server cannot check who you are at the moment.');
  }
}

/** A response that is not over: its stream may be, while its client has not read the end. */
interface Reader {
  readonly operation: LiveOperation;
  readonly output: Output;
  readonly response: ServerResponse;
}

interface Output {
  readonly sink: Sink;
  readonly body: ReadableStream<Uint8Array>;
  /** Signals the client was too slow for. */
  readonly dropped: number;
  comment(text: string): void;
  complete(): void;
  onCancel(run: () => void): void;
  /** Whether there is something to take and the client took none of it for `ms`, at `nowMs`; then counts anew. */
  stuckFor(ms: number, nowMs: number): boolean;
}

const nextEvent = Buffer.from('event: next\ndata: ');
const endOfEvent = Buffer.from('\n\n');

/** A response body whose queue is bounded: above the limit the stream waits, as on a socket. */
function createOutput(limitBytes: number, response: ServerResponse): Output {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let closed = false;
  let dropped = 0;
  let progressAtMs = performance.now();
  let lastRoom = 0;
  let onCancel = (): void => {};
  const waiters = new Set<() => void>();
  const release = (): void => {
    for (const waiter of waiters) waiter();
    waiters.clear();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull: release,
      cancel() {
        closed = true;
        release();
        onCancel();
      },
    },
    { highWaterMark: limitBytes, size: (chunk) => chunk.byteLength },
  );
  const isReady = () => closed || (controller.desiredSize ?? 0) > 0;
  const write = (chunk: Uint8Array): void => {
    if (!closed) controller.enqueue(chunk);
  };
  return {
    body,
    get dropped() {
      return dropped;
    },
    comment: (text) => write(Buffer.from(`:${text}\n\n`)),
    complete() {
      if (closed) return;
      write(Buffer.from('event: complete\ndata:\n\n'));
      closed = true;
      controller.close();
      release();
    },
    onCancel(run) {
      onCancel = run;
    },
    stuckFor(ms, nowMs) {
      // What has left the queue may wait in the response.
      const room = (controller.desiredSize ?? 0) - response.writableLength;
      const isWaiting = closed || !isReady();
      if (!isWaiting || room > lastRoom) progressAtMs = nowMs;
      lastRoom = room;
      if (nowMs - progressAtMs < ms) return false;
      progressAtMs = nowMs;
      return true;
    },
    sink: {
      dropped(count) {
        dropped += count;
      },
      get ready() {
        return isReady();
      },
      drained: () => (isReady() ? Promise.resolve() : new Promise((resolve) => waiters.add(resolve))),
      next({ payloads }) {
        for (const payload of payloads) write(Buffer.concat([nextEvent, payload, endOfEvent]));
      },
      subscribed: (place) => write(Buffer.from(`: ${JSON.stringify({ type: 'subscribed', ...place })}\n\n`)),
      live: () => write(Buffer.from(`: ${JSON.stringify({ type: 'live' })}\n\n`)),
    },
  };
}
