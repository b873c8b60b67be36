/** What a stream's `next` message carries beside its data. */
export interface StreamExtensions {
  /** Place of the event in its topic. */
  readonly cursor?: string;
  /** `kind:id` */
  readonly topic?: string;
  /** Of a `Checkpoint`: where the stream stands in all its topics. */
  readonly cursors?: readonly { readonly topic: string; readonly cursor: string }[];
  /** Of an `AccessLost`: the topic that can be read no more. */
  readonly lost?: string;
  readonly correlationId?: string;
}

/** Where a stream stands: what it resumes from. */
export interface Place {
  /** For `extensions.after`: one cursor, or a list on streams over several topics; undefined: from now on. */
  readonly after: string | readonly string[] | undefined;
  /** Whether the stream has passed exactly this event already. */
  isAt(topic: string, cursor: string): boolean;
  /** Where the stream stands in one topic now. */
  pass(topic: string, cursor: string): void;
  /** An item of the stream. True: it has gained or lost a topic. */
  hear(extensions: StreamExtensions): boolean;
  /** The cursors from which to go on after CURSOR_EXPIRED. */
  restart(head: string | readonly string[]): void;
}

/** `onPass` is told of every cursor, after it has been kept. `start`: one cursor, or a list on streams over several topics; undefined: from now on. */
export function createPlace(start: string | readonly string[] | undefined, onPass: (cursor: string) => void): Place {
  let begin = start;
  let several = Array.isArray(start);
  const byTopic = new Map<string, string>();
  const pass = (topic: string, cursor: string): void => {
    byTopic.set(topic, cursor);
    onPass(cursor);
  };

  return {
    get after() {
      // Before the first word of the server: what it was started with.
      if (byTopic.size === 0) return begin;
      return several ? [...byTopic.values()] : byTopic.values().next().value;
    },
    isAt: (topic, cursor) => byTopic.get(topic) === cursor,
    pass,
    hear({ cursor, topic, cursors, lost }) {
      const isFirst = byTopic.size === 0;
      const isGain = cursors?.some((place) => !byTopic.has(place.topic)) ?? false;
      if (cursors) several = true;
      for (const place of cursors ?? []) pass(place.topic, place.cursor);
      const isLoss = lost !== undefined && byTopic.delete(lost);
      if (cursor !== undefined && topic !== undefined) pass(topic, cursor);
      return isLoss || (isGain && !isFirst);
    },
    restart(head) {
      begin = head;
      several = Array.isArray(head);
      byTopic.clear();
    },
  };
}
