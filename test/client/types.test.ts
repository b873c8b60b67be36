import { expectTypeOf, test } from 'vitest';
import { events, inbox, taskUpdated } from '../../src/client/documents.ts';
import type { EventsSubscription, InboxSubscription } from '../../src/client/generated/graphql.ts';
import { createBelfryClient } from '../../src/client/index.ts';

/** What a front end writes; `npm run check` compiles it. */
function words(change: InboxSubscription['inbox']): string {
  switch (change.__typename) {
    case 'NotificationUpserted':
      return change.notification?.title ?? '';
    case 'AttentionChanged':
      return change.attention.presetInWords;
    case 'NotificationsChanged':
    case 'BatchReleased':
      return `${change.counts.unread} unread`;
    default:
      return change satisfies never;
  }
}

function incomplete(item: EventsSubscription['events']): string {
  switch (item.__typename) {
    case 'TaskCreated':
      return item.actor?.name ?? '';
    default:
      // @ts-expect-error a switch that forgets kinds does not compile.
      return item satisfies never;
  }
}

test('a switch over what a stream delivers is exhaustive, or does not compile', () => {
  expectTypeOf(words).returns.toBeString();
  expectTypeOf(incomplete).returns.toBeString();
  expectTypeOf<'TaskUpdated' | 'MessageSent' | 'Checkpoint' | 'AccessLost'>().toExtend<
    EventsSubscription['events']['__typename']
  >();
});

test('a client knows the variables and results of typed documents', () => {
  const client = createBelfryClient({ url: 'http://localhost/graphql', token: 'none' });
  const observer = { next: () => undefined };
  const { subscribe, iterate } = client;
  const compiled = [
    () =>
      subscribe({ query: taskUpdated, variables: { projectId: '1' } }, { next: ({ data }) => data?.taskUpdated.task }),
    // @ts-expect-error a variable is missing
    () => subscribe({ query: taskUpdated, variables: {} }, observer),
    // @ts-expect-error no such field
    () => subscribe({ query: inbox, variables: {} }, { next: ({ data }) => data?.inbox.nothing }),
  ];
  expectTypeOf(compiled).toBeArray();
  const iterating = async () => {
    for await (const { data } of iterate({ query: events, variables: { topics: [{ kind: 'USER' }] } }))
      return data?.events;
  };
  expectTypeOf(iterating).returns.resolves.toEqualTypeOf<EventsSubscription['events'] | undefined>();
  client.dispose();
});
