import { useState } from 'react';
import { useRead, useStream } from './data.ts';
import { inboxQuery, inboxStream } from './documents/inbox.ts';
import type { InboxChangesSubscription, InboxQuery } from './generated/graphql.ts';
import { note, usePerson } from './person.ts';
import { plain } from './words.ts';

export type Notification = InboxQuery['notifications']['nodes'][number];
type Change = InboxChangesSubscription['inbox'];

/**
 * The person's inbox, which says aloud what it is told to alert of. `version` grows with every change; `returns` counts
 * by place how often they were added again after they had been removed: it is shown anew then, and at no other time,
 * for whatever is being typed there would go.
 */
export function useInboxChanges() {
  const person = usePerson();
  const { data } = useRead(inboxQuery, {});
  const [version, setVersion] = useState(0);
  const [returns, setReturns] = useState<ReadonlyMap<string, number>>(new Map());
  const after = data?.notifications.headCursor;
  useStream(
    inboxStream,
    {},
    ({ inbox: change }) => {
      note(person, {
        key: change.id,
        at: change.at,
        type: change.__typename,
        text: textOf(change),
        cursor: change.cursor,
      });
      setVersion((before) => before + 1);
      const { topic, type } = (change.__typename === 'NotificationUpserted' && change.notification) || {};
      if (topic && type === 'MEMBER_ADDED' && person.left.delete(topic.id)) {
        setReturns((before) => new Map(before).set(topic.id, (before.get(topic.id) ?? 0) + 1));
      }
      const aloud = alertOf(change);
      if (aloud) person.news.set((before) => [...before, aloud]);
    },
    { after, skip: after === undefined },
  );
  return { notifications: data?.notifications.nodes ?? [], counts: data?.notifications.counts, version, returns };
}

function alertOf(change: Change): string | undefined {
  if (change.__typename === 'BatchReleased') return change.alert ? change.summary : undefined;
  if (change.__typename === 'NotificationUpserted') return change.alert ? change.notification?.title : undefined;
  return undefined;
}

function textOf(change: Change): string {
  switch (change.__typename) {
    case 'NotificationUpserted':
      return change.notification?.title ?? 'gone';
    case 'NotificationsChanged':
      return `${plain(change.action)}, ${change.notifications.length}`;
    case 'BatchReleased':
      return change.summary;
    case 'AttentionChanged':
      return plain(change.change);
    default:
      return '';
  }
}
