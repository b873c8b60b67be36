import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  validateSubscriptionArgs,
} from 'graphql';
import type { Context } from '../graphql/context.ts';
import { isStream, type StreamPlan } from '../graphql/stream.ts';
import { AppError } from '../platform/errors.ts';
import type { Hub } from './hub.ts';
import type { LiveOperation } from './operation.ts';
import type { Sink } from './sink.ts';

/**
 * Starts a subscription: scope-auth runs inside `createSourceEventStream`, which hands back the very object the
 * field returned; its plan goes to the hub. Answers a result with errors when it could not start; they are not
 * mapped yet.
 */
export async function startSubscription(
  hub: Hub,
  args: ExecutionArgs,
  parts: { sink: Sink; after: unknown },
): Promise<LiveOperation | ExecutionResult> {
  const validated = validateSubscriptionArgs(args);
  if (!('schema' in validated)) return { errors: validated };
  const source = await createSourceEventStream(validated);
  if ('errors' in source) return source as ExecutionResult;
  if (!isStream(source)) throw new Error('a subscription field returned no stream()');
  const context = args.contextValue as Context;
  try {
    return await hub.subscribe({
      args: validated,
      plan: withAfter(source.plan, parts.after),
      viewer: context.viewer,
      sink: parts.sink,
      correlationId: context.correlationId,
    });
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    return { errors: [new GraphQLError(cause.message, { originalError: cause })] };
  }
}

/** Cursors of the message's `extensions.after` replace those of the document: that is how any document resumes. */
function withAfter(plan: StreamPlan, after: unknown): StreamPlan {
  if (after === undefined || after === null) return plan;
  const cursors = Array.isArray(after) ? after : [after];
  const fits = cursors.every((cursor) => typeof cursor === 'string') && (plan.several || cursors.length === 1);
  if (!fits || cursors.length > mostCursors) {
    const expected = plan.several ? 'a list of cursors' : 'one cursor';
    throw new AppError('VALIDATION_ERROR', `extensions.after is ${expected}, as the server gave it.`, {
      field: 'after',
    });
  }
  return { ...plan, after: cursors };
}

/** As many as a session may follow topics. */
const mostCursors = 1_000;
