import { backoffMs, pause } from './backoff.ts';
import type { Connection, Result } from './connection.ts';
import { BelfryError, errorOf, type GraphQLErrorLike, isPassing } from './errors.ts';
import type { Passing } from './passing.ts';
import { createPlace } from './place.ts';
import type { StateTracker } from './state.ts';
import type { KeptPlace } from './storage.ts';

/** One item of a stream. */
export interface StreamItem<Data> {
  /** null: the event could not be read; `errors` say why. */
  readonly data: Data | null;
  /** Errors of single fields; empty: none. */
  readonly errors: readonly GraphQLErrorLike[];
  /** Place of the event in its topic; absent on what is not an event. */
  readonly cursor?: string | undefined;
  /** `kind:id`; absent on what is not an event. */
  readonly topic?: string | undefined;
  /** The request that caused the event. */
  readonly correlationId?: string | undefined;
}

/** From where to stream. */
export interface StreamOptions {
  /** Go on behind this place: a `headCursor`, or a cursor that was kept; a list on streams over several topics. Absent: from now on. */
  readonly after?: string | readonly string[] | undefined;
  /** Called when the place has expired, before the stream goes on from the head: load the data as on first start. */
  readonly refetch?: (() => unknown) | undefined;
  /** Called when everything that had been missed has come: at the start, and after every reconnect. */
  readonly onLive?: (() => unknown) | undefined;
  /** Called when a stream over several topics has gained or lost one: lists of what the person may see are others now. */
  readonly onTopics?: (() => unknown) | undefined;
  /** A name under which the place is kept in `storage`: the next page load goes on from there, unless `after` is given. */
  readonly keep?: string | undefined;
}

/** What to stream, and from where. */
export interface StreamRequest extends Omit<StreamOptions, 'keep'> {
  readonly query: string;
  readonly variables?: Record<string, unknown> | undefined;
  readonly operationName?: string | undefined;
}

/** What a stream needs of its client. */
export interface StreamParts {
  readonly connection: Connection;
  readonly tracker: StateTracker;
  readonly passing: Passing;
  /** Where the place is kept beyond the life of the client; undefined: nowhere. */
  readonly kept: KeptPlace | undefined;
}

/** Gets the items of a stream. `handled` is to be called for each of them once it has been dealt with. */
export interface StreamObserver {
  next(item: StreamItem<Record<string, unknown>>, handled: () => void): void;
  /** The stream is over and will not come back. */
  error(error: BelfryError): void;
  /** The stream is over: its topic is gone. */
  complete(): void;
}

const waitAtLeastMs = 100;

/** What the application does then says itself what became of it. */
function call(callback: (() => unknown) | undefined): void {
  Promise.resolve()
    .then(callback)
    .catch(() => undefined);
}

/**
 * Runs a subscription until it is stopped or over: begins it again whenever the connection is lost or the server asks
 * to be asked later, always behind the last event that was received, so that nothing is lost and nothing comes twice.
 */
export function runStream(parts: StreamParts, request: StreamRequest, observer: StreamObserver): () => void {
  const { connection, tracker, passing, kept } = parts;
  const place = createPlace(request.after ?? kept?.read(), passing.at);
  const stopping = new AbortController();
  const self = {};
  let failures = 0;
  let received = 0;
  let handled = 0;
  let stop = (): void => {};

  function hear({ data = null, errors = [], extensions = {} }: Result): void {
    const { cursor, topic, correlationId } = extensions;
    if (cursor !== undefined && topic !== undefined) {
      if (place.isAt(topic, cursor)) return;
      tracker.heard(self);
    }
    const isChanged = place.hear(extensions);
    received++;
    const after = kept && place.after;
    observer.next({ data, errors, cursor, topic, correlationId }, () => {
      handled++;
      kept?.write(after);
    });
    if (isChanged) call(request.onTopics);
  }

  /** One run on one connection: how it ended. */
  function once(): Promise<'complete' | 'lost' | BelfryError> {
    return new Promise((resolve) => {
      let final: BelfryError | undefined;
      const { query, variables, operationName } = request;
      const extensions = {
        // Read when the message is written.
        get after() {
          return place.after;
        },
      };
      stop = connection.start(
        { query, variables, operationName, extensions },
        {
          next(result) {
            if (result.errors && !('data' in result)) final = errorOf(result.errors);
            else hear(result);
          },
          place(topic, cursor) {
            place.pass(topic, cursor);
            // Nothing that was received waits to be dealt with: a kept place must not pass it.
            if (received === handled) kept?.write(place.after);
          },
          live() {
            failures = 0;
            tracker.live(self);
            call(request.onLive);
          },
          end: (how) => resolve(typeof how === 'string' ? (final ?? how) : errorOf(how)),
        },
      );
    });
  }

  /** The place has expired: the data first, then what happens after it. */
  async function restart(head: string | readonly string[]): Promise<void> {
    place.restart(head);
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      try {
        await request.refetch?.();
        kept?.write(place.after);
        return;
      } catch (error) {
        if (error instanceof BelfryError && !isPassing(error)) throw error;
        await pause(backoffMs(attempt), stopping.signal);
      }
    }
  }

  async function run(): Promise<void> {
    // A turn later: what React's StrictMode mounts, unmounts and mounts again is one subscription.
    await undefined;
    if (!stopping.signal.aborted) tracker.began(self);
    while (!stopping.signal.aborted) {
      await connection.ready();
      if (stopping.signal.aborted) return;
      const outcome = await once();
      if (outcome === 'complete') return end(() => observer.complete());
      if (outcome === 'lost') continue;
      tracker.restarted(self);
      const { head, retryAfterMs = 0 } = outcome.details;
      if (outcome.code === 'CURSOR_EXPIRED' && head) {
        await restart(head);
      } else if (isPassing(outcome)) {
        await pause(Math.max(retryAfterMs, waitAtLeastMs, backoffMs(failures++)), stopping.signal);
      } else throw outcome;
    }
  }

  function end(tell: () => void): void {
    if (stopping.signal.aborted) return;
    stopping.abort();
    tracker.ended(self);
    tell();
  }

  run().catch((error: unknown) => {
    const cause =
      error instanceof BelfryError ? error : new BelfryError('INTERNAL_ERROR', String(error), { cause: error });
    end(() => observer.error(cause));
  });

  return () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    stop();
    tracker.ended(self);
  };
}
