/** Where a stream stands: what it resumes from. */
export interface Place {
  /** For `extensions.after`: a cursor, or a list on streams over several topics; undefined before the first. */
  readonly after: string | string[] | undefined;
  /** The cursor of the only topic. */
  pass(cursor: string): void;
  /** An item of the stream, with its cursor if it has one. */
  hear(value: Record<string, unknown>, cursor: unknown): void;
}

/** `several`: the stream reads several topics, has a cursor in each, and says so with Checkpoints. */
export function createPlace(several: boolean, start: string | undefined): Place {
  let single = start;
  const byTopic = new Map<string, string>();

  return {
    get after() {
      if (!several) return single;
      const cursors = [...byTopic.values()];
      // Before the first Checkpoint: what it was started with.
      return cursors.length > 0 ? cursors : start === undefined ? undefined : [start];
    },
    pass(cursor) {
      if (!several) single = cursor;
    },
    hear(value, cursor) {
      if (!several) {
        if (typeof cursor === 'string') single = cursor;
        return;
      }
      if (value.__typename === 'Checkpoint') {
        for (const place of value.cursors as { topic: string; cursor: string }[])
          byTopic.set(place.topic, place.cursor);
      } else if (value.__typename === 'AccessLost') {
        byTopic.delete(String(value.topicId));
      } else if (typeof cursor === 'string') {
        byTopic.set(topicOf(value), cursor);
      }
    },
  };
}

/** Events of the document `events` select the topic's id. */
function topicOf({ topic }: Record<string, unknown>): string {
  return (topic as { id: string }).id;
}
