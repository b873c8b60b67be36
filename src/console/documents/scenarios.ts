import { graphql } from '../generated/gql.ts';

/** Who is there to play. */
export const everybody = graphql(`
  query ScenarioPeople {
    users(first: 100) { nodes { id externalId name } pageInfo { hasNextPage hasPreviousPage } }
  }
`);

export const whoIsOnline = graphql(`
  query ScenarioPresence($userIds: [ID!]!) {
    presence(userIds: $userIds) { user { id } online devices }
  }
`);

/** What happens in some places, as the scenarios look at it. */
export const heardEvents = graphql(`
  subscription ScenarioEvents($topics: [TopicRef!]!) {
    events(topics: $topics) {
      __typename
      ... on Event { id cursor topic { id } actor { id } }
      ... on MessageEvent { message { id content isEdited deletedAt author { id } } }
      ... on MemberAdded { user { id } }
      ... on MemberRemoved { user { id } }
      ... on AccessLost { topicId }
    }
  }
`);

export const heardSignals = graphql(`
  subscription ScenarioSignals($topics: [TopicRef!]!) {
    signals(topics: $topics) {
      __typename
      ... on PresenceSignal { status topicId userId }
    }
  }
`);

export const heardInbox = graphql(`
  subscription ScenarioInbox {
    inbox {
      __typename
      ... on NotificationUpserted { notification { id reason topic { id } } }
    }
  }
`);

export const editMessage = graphql(`
  mutation EditMessage($input: EditMessageInput!) {
    editMessage(input: $input) { message { id content isEdited } eventCursor }
  }
`);

export const deleteMessage = graphql(`
  mutation DeleteMessage($input: DeleteMessageInput!) {
    deleteMessage(input: $input) { message { id content deletedAt } eventCursor }
  }
`);

export const addParticipant = graphql(`
  mutation AddParticipant($input: AddParticipantInput!) {
    addParticipant(input: $input) { eventCursor }
  }
`);

export const removeParticipant = graphql(`
  mutation RemoveParticipant($input: RemoveParticipantInput!) {
    removeParticipant(input: $input) { eventCursor }
  }
`);

export const messagesOf = graphql(`
  query ScenarioMessages($conversationId: ID!) {
    messages(conversationId: $conversationId, first: 100) { nodes { id content } pageInfo { hasNextPage hasPreviousPage } }
  }
`);

export const syncQuery = graphql(`
  query Sync($topics: [TopicRef!]!, $since: [Cursor!]!) {
    sync(topics: $topics, since: $since) {
      hasMore
      items { __typename ... on MessageEvent { message { id } } }
    }
  }
`);

export const sessionsQuery = graphql(`
  query Sessions {
    sessions { id instanceId }
  }
`);

export const limitsQuery = graphql(`
  query Limits {
    session { limits { name limit remaining } }
  }
`);

export const pingQuery = graphql(`
  query Ping {
    ping { event timestamp }
  }
`);

/** How whoever began a conversation goes: it is handed to somebody else, for nobody can delete one. */
export const handOver = graphql(`
  mutation HandOver($heir: AddMemberInput!, $leave: LeaveConversationInput!) {
    addMember(input: $heir) { eventCursor }
    leaveConversation(input: $leave) { eventCursor }
  }
`);

export const leave = graphql(`
  mutation Leave($leave: LeaveConversationInput!) {
    leaveConversation(input: $leave) { eventCursor }
  }
`);
