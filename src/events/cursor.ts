import { AppError } from '../platform/errors.ts';
import { parseTopicKey, type TopicKey, topicKinds } from './topic.ts';

/**
 * A cursor names one topic, a sequence number and four bytes of that event's id; clients treat it as opaque.
 * The bytes notice a restored database, in which the same number names another event.
 *
 * Layout, base64url: version (1) · kind (1) · topic id (16) · seq (6, big endian) · event id bytes (4).
 */
export interface Cursor {
  topic: TopicKey;
  /** 0 is the place before the first event; its bytes are four zeros. */
  seq: number;
  /** Hexadecimal, eight digits. */
  mark: string;
}

const version = 1;
const length = 28;

/** Where a topic stands: what `headCursor` is made of. */
export interface Head {
  topic: TopicKey;
  /** 0 when the topic's log is empty. */
  seq: number;
  /** Absent when the log is empty. */
  eventId?: string | undefined;
}

/** The last four bytes of an event's id: the random end of a UUIDv7. */
export function markOf(eventId: string | undefined): string {
  return eventId === undefined ? '00000000' : eventId.slice(-8);
}

export function encodeCursor(at: Head): string {
  const { kind, id } = parseTopicKey(at.topic);
  const bytes = Buffer.alloc(length);
  bytes[0] = version;
  bytes[1] = topicKinds.indexOf(kind);
  bytes.write(id.replaceAll('-', ''), 2, 'hex');
  bytes.writeUIntBE(at.seq, 18, 6);
  bytes.write(markOf(at.seq === 0 ? undefined : at.eventId), 24, 'hex');
  return bytes.toString('base64url');
}

/** Throws VALIDATION_ERROR when the text was not made by {@link encodeCursor}. */
export function decodeCursor(text: string): Cursor {
  const bytes = Buffer.from(text, 'base64url');
  const kind = topicKinds[bytes[1] ?? -1];
  if (bytes.length !== length || bytes[0] !== version || !kind || bytes.toString('base64url') !== text) {
    throw new AppError('VALIDATION_ERROR', 'Not a cursor. Pass a cursor exactly as the server gave it.', {
      field: 'after',
    });
  }
  const hex = bytes.toString('hex', 2, 18);
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  try {
    return { topic: parseTopicKeyOf(kind, id), seq: bytes.readUIntBE(18, 6), mark: bytes.toString('hex', 24, 28) };
  } catch (cause) {
    throw new AppError('VALIDATION_ERROR', 'Not a cursor. Pass a cursor exactly as the server gave it.', {
      field: 'after',
      cause,
    });
  }
}

function parseTopicKeyOf(kind: (typeof topicKinds)[number], id: string): TopicKey {
  const key: TopicKey = `${kind}:${id}`;
  parseTopicKey(key);
  return key;
}
