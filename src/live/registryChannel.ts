import type { RedisConnections } from '../platform/redis.ts';
import type { RegisteredSession } from './registeredSession.ts';
import { registryKeys } from './registryKeys.ts';

/** What this server hears from the others. */
export interface ChannelListener {
  /** These people's sessions have changed. */
  onChanged(userIds: readonly string[]): void;
  /** Another server did not listen for a while. */
  onMissed(): void;
  /** A session of this server is to be closed. */
  onEvict(sessionId: string): void;
}

/** Tells the other servers, and hears them. Everything that tells rejects when Redis is away. */
export interface RegistryChannel extends Disposable {
  changed(userIds: readonly string[]): Promise<void>;
  missed(): Promise<void>;
  evict(session: Pick<RegisteredSession, 'id' | 'instanceId'>): Promise<void>;
  /** Begins to listen, also after a reconnect. */
  listen(): Promise<void>;
}

/** People in one message: about 40 KB. */
const announcedAtOnce = 1_000;

type Message =
  | { readonly from: string; readonly changed: readonly string[] }
  | { readonly from: string; readonly missed: true }
  | { readonly from: string; readonly at: string; readonly evict: string };

export function createRegistryChannel(parts: {
  redis: RedisConnections;
  instanceId: string;
  listener: ChannelListener;
}): RegistryChannel {
  const { instanceId, listener } = parts;
  const { publisher, subscriber, prefix } = parts.redis;
  const { channel } = registryKeys(prefix);

  const onMessage = (on: string, text: string): void => {
    if (on !== channel) return;
    const message = parseMessage(text);
    if (!message || message.from === instanceId) return;
    if ('changed' in message) listener.onChanged(message.changed);
    else if ('missed' in message) listener.onMissed();
    else if (message.at === instanceId) listener.onEvict(message.evict);
  };
  subscriber.on('message', onMessage);

  async function send(message: Message): Promise<void> {
    await publisher.publish(channel, JSON.stringify(message));
  }

  return {
    async changed(userIds) {
      for (let from = 0; from < userIds.length; from += announcedAtOnce) {
        await send({ from: instanceId, changed: userIds.slice(from, from + announcedAtOnce) });
      }
    },
    missed: () => send({ from: instanceId, missed: true }),
    evict: ({ id, instanceId: at }) => send({ from: instanceId, at, evict: id }),
    async listen() {
      await subscriber.subscribe(channel);
    },
    [Symbol.dispose]() {
      subscriber.off('message', onMessage);
    },
  };
}

function parseMessage(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    // Of another program on the same Redis.
    return undefined;
  }
}
