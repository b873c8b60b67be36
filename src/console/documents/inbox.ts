import { graphql } from '../generated/gql.ts';

export const inboxQuery = graphql(`
  query Inbox {
    notifications(first: 30, filter: { states: [UNREAD, READ] }) {
      nodes { id title type reason count state updatedAt topic { id kind } }
      pageInfo { hasNextPage hasPreviousPage endCursor }
      counts { unread total snoozed done }
      headCursor
    }
  }
`);

/** Changes of the inbox and of attention, with what the panels show of them. */
export const inboxStream = graphql(`
  subscription InboxChanges($after: Cursor) {
    inbox(after: $after) {
      __typename
      id
      cursor
      at
      counts { unread total snoozed done }
      ... on NotificationUpserted {
        alert
        notification { id title type reason count state updatedAt topic { id kind } }
      }
      ... on NotificationsChanged { action notifications { id state } }
      ... on BatchReleased { alert count summary cause }
      ... on AttentionChanged {
        change
        attention {
          preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version
          quietWindows { days from to }
          focus { startedAt until }
        }
      }
    }
  }
`);

/** Why somebody was told of something, or not, on every channel. */
export const whyQuery = graphql(`
  query Why($id: ID!) {
    notification(id: $id) { id why { id channel state sentence decidedAt dueAt } }
  }
`);

export const updateNotifications = graphql(`
  mutation UpdateNotifications($input: UpdateNotificationsInput!) {
    updateNotifications(input: $input) { changeId changed counts { unread total snoozed done } eventCursor }
  }
`);

export const undo = graphql(`
  mutation Undo($input: UndoInput!) {
    undo(input: $input) { changed counts { unread total snoozed done } eventCursor }
  }
`);
