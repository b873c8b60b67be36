import { CloseCode, MessageType } from 'graphql-ws';
import type { RawData } from 'ws';
import { toGraphQLError } from '../graphql/errors.ts';
import { closeCodes } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Extra, Running, SocketParts } from './connection.ts';

/** Hands a message on to graphql-ws; resolves when it has done with it, for a query or mutation at its end. */
export type Receive = (message: string) => Promise<void>;

/**
 * Thrown by `subscribe` where a stream has begun: graphql-ws forgets the operation, and says nothing. Otherwise it would
 * keep the message, the arguments and two suspended functions until the end, 2.7 KB for each idle subscription
 * (bench memory, 2026-11-27).
 */
export const handedOver = Symbol('a stream has begun, and the hub goes on with it');

/**
 * What happens to a message before graphql-ws gets it: bounds, and an identity for each operation, so that an id
 * that is used again never meets what is left of the older one.
 */
export function createInbound({
  services,
  hub,
}: SocketParts): (data: RawData, isBinary: boolean, extra: Extra, receive: Receive) => void {
  const { config, clock } = services;
  const log = services.log.child({ ns: 'websocket:session' });

  function onMessage(data: RawData, isBinary: boolean, extra: Extra, receive: Receive): void {
    const { outbox, session } = extra;
    const handled = isBinary
      ? badRequest('Binary messages are not understood', extra)
      : handle(data.toString(), extra, receive);
    handled?.catch((error: unknown) => {
      log.error({ err: error, sessionId: session.id }, 'ws.message-failed');
      outbox.close(CloseCode.InternalServerError, 'Internal server error');
    });
  }

  /** Undefined: nothing more is to be done. */
  function handle(text: string, extra: Extra, receive: Receive): Promise<void> | undefined {
    const { type, id } = peek(text) ?? {};
    if (type !== MessageType.Subscribe && !extra.limits.hears(type)) return undefined;
    if (type !== MessageType.Subscribe && type !== MessageType.Complete) return receive(text);
    if (typeof id !== 'string' || Buffer.byteLength(id) > config.wsMaxOperationIdBytes) {
      // The protocol's own close reasons quote the id, and a reason may have 123 bytes.
      return badRequest(`Operation ids have at most ${config.wsMaxOperationIdBytes} bytes`, extra);
    }
    if (type === MessageType.Subscribe) return start(id, text, extra, receive);
    stop(id, extra);
    return receive(text);
  }

  function badRequest(reason: string, { outbox }: Extra): undefined {
    outbox.close(closeCodes.badRequest.code, reason);
  }

  /** No async function waits for the end of a subscription: it would be 0.5 KB for each idle socket. */
  function start(id: string, text: string, extra: Extra, receive: Receive): Promise<void> | undefined {
    const older = extra.running.get(id);
    // As graphql-ws says it.
    if (older && !older.stopped) {
      extra.outbox.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
      return undefined;
    }
    if (extra.running.size >= config.wsMaxSubscriptions) {
      refuse(id, extra);
      return undefined;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const running: Running = { done: promise, stopped: false, operation: undefined };
    extra.running.set(id, running);
    const received = older ? receiveAfter(older, running, () => receive(text)) : receive(text);
    return untilOver(id, extra, running, { received, resolve });
  }

  /**
   * An id may be used again after `complete` while the older operation is still being set up: graphql-ws would give the
   * new one the older one's result. It waits until the older one is over; completed meanwhile, it never runs.
   */
  async function receiveAfter(older: Running, running: Running, receive: () => Promise<void>): Promise<void> {
    await older.done;
    if (!running.stopped) await receive();
  }

  /** By itself: what is called at the end of a stream must not hold the message by which it began. */
  function untilOver(
    id: string,
    extra: Extra,
    running: Running,
    { received, resolve }: { received: Promise<void>; resolve: () => void },
  ): Promise<void> {
    const over = (): void => {
      if (extra.running.get(id) === running) extra.running.delete(id);
      resolve();
    };
    return received.then(over, (error: unknown) => {
      if (error === handedOver && running.operation) goOn(id, extra, running, over);
      else {
        over();
        throw error;
      }
    });
  }

  /** A stream that has begun: at its end the client is told, unless it has asked for it. */
  function goOn(id: string, { outbox }: Extra, running: Running, over: () => void): void {
    void running.operation?.whenEnded.then(() => {
      if (!running.stopped) outbox.text(JSON.stringify({ id, type: MessageType.Complete }));
      over();
    });
  }

  function refuse(id: string, { outbox, opened, limits }: Extra): void {
    // Before the acknowledgement the protocol's answer is 4401, which graphql-ws gives.
    if (!opened) {
      outbox.close(CloseCode.Unauthorized, 'Unauthorized');
      return;
    }
    const error = services.limits.refusal(limits.running());
    const payload = [toGraphQLError(error, { correlationId: newId(), clock, log })];
    outbox.text(JSON.stringify({ id, type: MessageType.Error, payload }));
  }

  function stop(id: string, { running }: Extra): void {
    const own = running.get(id);
    if (!own) return;
    own.stopped = true;
    if (own.operation) hub.stop(own.operation);
  }

  return onMessage;
}

/** The message's type and id, when it has any; graphql-ws judges the rest. */
function peek(text: string): { type?: unknown; id?: unknown } | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null ? message : undefined;
  } catch {
    // Not JSON: graphql-ws closes with 4400.
    return undefined;
  }
}
