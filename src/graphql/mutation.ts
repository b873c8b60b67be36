import { createHash } from 'node:crypto';
import type { InputFieldMap, InputShapeFromFields, ObjectFieldsShape } from '@pothos/core';
import { encodeCursor } from '../events/cursor.ts';
import { AppError } from '../platform/errors.ts';
import { deepestJson, isShallow } from '../platform/validation.ts';
import { type BuilderTypes, builder } from './builder.ts';
import type { Context } from './context.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>;

/** What a command returns: ids, no rows, so that it can be kept and answered again to a retry. */
export interface CommandResult {
  /** The event the command appended in its main topic; null when nothing changed. */
  readonly eventId: string | null;
}

/**
 * Declares a mutation: one `input` with an `idempotencyKey`, a payload with an `eventCursor`. `run` is one
 * command, which runs exactly one `context.transaction(...)` and returns what that returned.
 *
 * Payload fields load what they show and ask for access themselves: a repeated key answers with the same ids
 * and asks again.
 */
export function mutation<Fields extends InputFieldMap, Result extends CommandResult>(
  name: string,
  options: {
    description: string;
    /** Whose tokens may do it: `service` those made for it, and no others. Absent: all others. */
    tokens?: 'service';
    inputFields: (t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>) => Fields;
    run: (context: Context, input: InputShapeFromFields<Fields>) => Promise<Result>;
    outputFields: ObjectFieldsShape<Types, Result>;
  },
): void {
  builder.relayMutationField(
    name,
    {
      description: `Input of ${name}.`,
      inputFields: (t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>) => ({
        ...options.inputFields(t),
        idempotencyKey: t.string({
          required: false,
          description:
            'Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice.',
        }),
      }),
    } as never,
    {
      description: options.description,
      ...(options.tokens === 'service'
        ? { skipTypeScopes: true, authScopes: { service: true } }
        : { authScopes: { authenticated: true } }),
      resolve: async (_root: unknown, args: { input: InputShapeFromFields<Fields> }, context: Context) => {
        const { idempotencyKey, ...input } = args.input as { idempotencyKey?: string | null };
        return idempotencyKey
          ? once(context, name, idempotencyKey, input, (own) => options.run(own, input as never))
          : options.run(context, input as never);
      },
    } as never,
    {
      description: `What ${name} answers.`,
      outputFields: (t: PothosSchemaTypes.ObjectFieldBuilder<Types, Result>) => ({
        ...options.outputFields(t as never),
        eventCursor: t.field({
          type: 'Cursor',
          nullable: true,
          description:
            'Place of the event in its topic, for waiting until a stream has passed it; null when nothing changed. Never pass it as `after`.',
          resolve: async ({ eventId }: CommandResult, _args: unknown, { services }: Context) => {
            const place = eventId === null ? undefined : await services.eventLog.placeOf(eventId);
            return place ? encodeCursor(place) : null;
          },
        } as never),
      }),
    } as never,
  );
}

/** Claims the key in the command's own transaction, so that a failed command keeps nothing of it. */
async function once<Result extends CommandResult>(
  context: Context,
  mutationName: string,
  key: string,
  input: unknown,
  run: (context: Context) => Promise<Result>,
): Promise<Result> {
  if (key.length > 200) {
    throw new AppError('VALIDATION_ERROR', 'idempotencyKey has more than 200 characters.', { field: 'idempotencyKey' });
  }
  // PostgreSQL takes neither; half a pair would be stored as the same replacement character as any other half.
  if (key.includes('\0') || !key.isWellFormed()) {
    throw new AppError('VALIDATION_ERROR', 'idempotencyKey contains NUL or half of a surrogate pair.', {
      field: 'idempotencyKey',
    });
  }
  // The JSON within it is for the command to judge.
  if (!isShallow(input, 2 * deepestJson)) {
    throw new AppError('VALIDATION_ERROR', 'The input is nested too deep.', { field: 'input' });
  }
  const { userId } = context.viewer;
  const inputHash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  let repeated: Result | undefined;

  const own: Context = Object.create(context, {
    transaction: {
      value: (work: Parameters<Context['transaction']>[0]) =>
        context.transaction(async (tx) => {
          // Waits for a concurrent holder of the key to commit or fail: fifty retries at once make one task.
          const claimed = await tx.$executeRaw`
            INSERT INTO idempotency_record (user_id, mutation, key, input_hash, created_at)
            VALUES (${userId}::uuid, ${mutationName}, ${key}, ${inputHash}, ${context.clock.now()})
            ON CONFLICT DO NOTHING`;
          const where = { userId_mutation_key: { userId, mutation: mutationName, key } };
          if (claimed === 0) {
            const record = await tx.idempotencyRecord.findUniqueOrThrow({ where });
            if (record.inputHash !== inputHash) {
              throw new AppError('CONFLICT', 'This idempotencyKey was used with another input.', {
                field: 'idempotencyKey',
              });
            }
            repeated = record.result as unknown as Result;
            return repeated;
          }
          const result = await work(tx);
          await tx.idempotencyRecord.update({ where, data: { result: result as object } });
          return result;
        }),
    },
  });
  const result = await run(own);
  return repeated ?? result;
}
