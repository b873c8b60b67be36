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
  /** An item of the stream. */
  hear(extensions: StreamExtensions): void;
  /** The cursors from which to go on after CURSOR_EXPIRED. */
  restart(heads: readonly string[]): void;
}

/** `start`: one cursor, or a list on streams over several topics; undefined: from now on. */
export function createPlace(start: string | readonly string[] | undefined): Place {
  let begin = start;
  let several = Array.isArray(start);
  const byTopic = new Map<string, string>();

  return {
    get after() {
      // Before the first word of the server: what it was started with.
      if (byTopic.size === 0) return begin;
      return several ? [...byTopic.values()] : byTopic.values().next().value;
    },
    isAt: (topic, cursor) => byTopic.get(topic) === cursor,
    pass: (topic, cursor) => void byTopic.set(topic, cursor),
    hear({ cursor, topic, cursors, lost }) {
      if (cursors) several = true;
      for (const place of cursors ?? []) byTopic.set(place.topic, place.cursor);
      if (lost !== undefined) byTopic.delete(lost);
      if (cursor !== undefined && topic !== undefined) byTopic.set(topic, cursor);
    },
    restart(heads) {
      begin = several ? heads : heads[0];
      byTopic.clear();
    },
  };
}
