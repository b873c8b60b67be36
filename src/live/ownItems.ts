import { GraphQLError } from 'graphql';
import { topicKey } from '../events/topic.ts';
import type { Audience, Services } from '../graphql/context.ts';
import type { StreamItem } from '../graphql/stream.ts';
import type { AppError } from '../platform/errors.ts';
import { parcelOf } from './frames.ts';
import type { Measures } from './measures.ts';
import type { LiveOperation } from './operation.ts';
import { formatShared, renderItem } from './share.ts';

/** Writes what one stream alone is told: never shared. Nothing is written once the stream has ended. */
export interface OwnItems {
  /** Writes an item, such as AccessLost. */
  write(operation: LiveOperation, item: StreamItem): Promise<void>;
  /** Writes the places of the stream in its topics, none of them older than what it has been written. */
  checkpoint(operation: LiveOperation): Promise<void>;
  /** Writes an error as the last item. */
  error(operation: LiveOperation, error: AppError): void;
}

export function createOwnItems(services: Services, measures: Measures): OwnItems {
  function render(operation: LiveOperation, item: StreamItem): Promise<Buffer> {
    const { viewer } = operation;
    const audience: Audience = {
      workspaceId: viewer.workspaceId,
      workspaceRole: viewer.workspaceRole,
      topic: topicKey('user', viewer.userId),
      topicRole: 'OWNER',
    };
    return renderItem(services, operation.shared, { audience, viewer, item });
  }

  return {
    async write(operation, item) {
      const payload = await render(operation, item);
      if (operation.ended) return;
      operation.sink.next(parcelOf([payload]));
      measures.wroteItem(item.kind);
    },
    async checkpoint(operation) {
      if (operation.plan.signals) return operation.sink.subscribed(undefined);
      const places = () => [...operation.members.values()].map(({ topic, cursor }) => ({ topic, cursor }));
      for (;;) {
        const cursors = places();
        const payload = await render(operation, { kind: 'Checkpoint', cursors });
        if (operation.ended) return;
        // An event may have been written meanwhile: its cursor must not be followed by an older one of its topic.
        if (JSON.stringify(places()) !== JSON.stringify(cursors)) continue;
        operation.sink.next(parcelOf([payload]));
        measures.wroteItem('Checkpoint');
        return;
      }
    },
    error(operation, error) {
      const errors = [new GraphQLError(error.message, { originalError: error })];
      const result = formatShared(services, operation.shared.args, { errors }, operation.correlationId);
      operation.sink.next(parcelOf([Buffer.from(JSON.stringify(result))]));
      measures.wroteItem('error');
    },
  };
}
