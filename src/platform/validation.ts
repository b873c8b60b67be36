import { z } from 'zod';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';
import { isId } from './ids.ts';

/**
 * Checks an input and returns what the schema makes of it: trimmed, with defaults.
 *
 * Throws VALIDATION_ERROR for the first problem, with the path of the value as `field` (`title`, `mentions.3`;
 * absent when the input as a whole is at fault) and a sentence that begins with it.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input, { error: sayWhatIsWrong });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  const details = field === '' ? { cause: result.error } : { field, cause: result.error };
  throw new AppError('VALIDATION_ERROR', `${field || 'The input'} ${issue?.message ?? 'is not valid'}.`, details);
}

/** A schema that depends on configured limits; made once for each configuration. */
export function perConfig<Schema>(make: (config: Config) => Schema): (config: Config) => Schema {
  const made = new WeakMap<Config, Schema>();
  return (config) => {
    const schema = made.get(config) ?? make(config);
    made.set(config, schema);
    return schema;
  };
}

/** One line of text, trimmed, from one to `maxChars` characters (code points), without control characters. */
export function line(maxChars: number) {
  return wellFormed((text) => text.trim(), /[\p{Cc}\u2028\u2029]/u, maxChars).refine((text) => text !== '', 'is empty');
}

/**
 * Text of several lines, from zero to `maxChars` characters (code points): trimmed, line ends as \n, and beside
 * those and tabs no control characters. PostgreSQL refuses NUL, and lone surrogates have no UTF-8.
 */
export function prose(maxChars: number) {
  return wellFormed((text) => text.replaceAll(/\r\n?/g, '\n').trim(), /(?![\n\t])\p{Cc}/u, maxChars);
}

/** {@link prose} of at least one character. */
export function requiredProse(maxChars: number) {
  return prose(maxChars).refine((text) => text !== '', 'is empty');
}

/** A list of ids of at most `max` items, each once. Whether they are ids is found out by looking for them. */
export function ids(max: number) {
  return z
    .array(z.string())
    .max(max)
    .transform((given) => [...new Set(given)]);
}

// Neither can be stored as jsonb. An escape is one only behind an even number of backslashes.
const unstorableEscape = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** JSON.stringify overflows the stack at 6,000 levels (2026-11-25). */
export const deepestJson = 2_048;

/** Whether objects and lists stand at most `levels` within each other; walks without recursion. */
export function isShallow(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return false;
    level = level.flatMap((inner) => (typeof inner === 'object' && inner !== null ? Object.values(inner) : []));
  }
  return true;
}

/** A JSON object of at most `maxBytes` bytes of UTF-8 as JSON and `maxLevels` levels, which comes back as it is but for the order of its keys. */
export function jsonObject(maxBytes: number, maxLevels = deepestJson) {
  return z
    .custom<Record<string, z.core.util.JSONType>>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      { message: 'must be a JSON object', abort: true },
    )
    .refine((value) => isShallow(value, maxLevels), {
      message: `is nested more than ${maxLevels} levels deep`,
      abort: true,
    })
    .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= maxBytes, {
      message: `has more than ${maxBytes} bytes as JSON`,
      abort: true,
    })
    .refine((value) => !unstorableEscape.test(JSON.stringify(value)), 'contains NUL or half of a surrogate pair');
}

/** A whole number from `min` to `max`. */
export function whole(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.int(message).min(min, message).max(max, message);
}

/** A moment from the year 2000 on and before 2200: beyond lie typing errors and what PostgreSQL cannot store. */
export const moment = z
  .date('is not a date')
  .refine(
    (at) => at.getTime() >= Date.UTC(2000) && at.getTime() < Date.UTC(2200),
    'must lie between the years 2000 and 2200',
  );

/**
 * The id in the page cursor of a list by id; undefined when none is given. `after` and `before` are a list's own.
 *
 * Throws VALIDATION_ERROR for anything Pothos has not written: it hands what it decodes to Prisma, where a number
 * or a text that is no UUID would end as an INTERNAL_ERROR.
 */
export function pageId(args: {
  after?: string | null | undefined;
  before?: string | null | undefined;
}): string | undefined {
  const [field, cursor] = args.after != null ? ['after', args.after] : ['before', args.before];
  if (cursor == null) return undefined;
  const id = Buffer.from(cursor, 'base64')
    .toString('latin1')
    .match(/^GPC:S:(.*)$/s)?.[1];
  if (isId(id)) return id;
  throw new AppError('VALIDATION_ERROR', 'This is not a cursor of this list.', { field });
}

function wellFormed(clean: (text: string) => string, refused: RegExp, maxChars: number) {
  return z
    .string()
    .refine((text) => text.isWellFormed(), { message: 'contains half of a surrogate pair', abort: true })
    .transform(clean)
    .refine((text) => !refused.test(text), { message: 'contains control characters', abort: true })
    .refine((text) => !longerThan(text, maxChars), `is longer than ${maxChars} characters`);
}

/** Counts code points only where the number of code units leaves it open. */
function longerThan(text: string, maxChars: number): boolean {
  if (text.length <= maxChars) return false;
  return text.length > 2 * maxChars || [...text].length > maxChars;
}

const sayWhatIsWrong: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return issue.input === null ? 'must not be null' : `must be of type ${issue.expected}`;
    case 'invalid_value':
      return issue.input === null ? 'must not be null' : `must be one of ${issue.values.join(', ')}`;
    case 'too_big':
      return issue.origin === 'array' ? `has more than ${issue.maximum} items` : `must be at most ${issue.maximum}`;
    case 'too_small':
      return issue.origin === 'array' ? `has fewer than ${issue.minimum} items` : `must be at least ${issue.minimum}`;
    default:
      return 'is not valid';
  }
};
