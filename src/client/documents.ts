import { graphql } from './generated/gql.ts';

/**
 * The documents a client of tasks, comments, conversations and the inbox needs; typed by codegen from schema.graphql. An
 * application writes its own beside them in the same way.
 */

export const taskUpdated = graphql(`
  subscription TaskUpdated($projectId: ID!, $types: [EventType!], $after: Cursor) {
    taskUpdated(projectId: $projectId, types: $types, after: $after) {
      __typename
      id
      cursor
      type
      at
      actor { id name }
      task { id title status priority version deletedAt assignee { id name } }
      changes { field from to }
    }
  }
`);

export const inbox = graphql(`
  subscription Inbox($after: Cursor) {
    inbox(after: $after) {
      __typename
      id
      cursor
      counts { unread unseen total }
      ... on NotificationUpserted {
        alert
        notification { id title type reason count readAt seenAt }
      }
      ... on AttentionChanged {
        attention { preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version focus { startedAt until } }
      }
    }
  }
`);

export const notifications = graphql(`
  query Notifications($filter: NotificationFilter, $first: Int, $after: String) {
    notifications(filter: $filter, first: $first, after: $after) {
      nodes { id title type reason count readAt seenAt }
      pageInfo { hasNextPage hasPreviousPage endCursor }
      counts { unread unseen total }
      headCursor
    }
  }
`);

export const attention = graphql(`
  query Attention {
    attention { preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version focus { startedAt until } }
  }
`);

export const newComment = graphql(`
  subscription NewComment($contentId: ID!, $after: Cursor) {
    newComment(contentId: $contentId, after: $after) {
      __typename
      id
      cursor
      at
      actor { id name }
      topic { id }
      comment { id text createdAt author { id name } }
      replyTo { id }
    }
  }
`);

export const presence = graphql(`
  query Presence($userIds: [ID!]!) {
    presence(userIds: $userIds) { user { id } online lastSeenAt }
  }
`);

export const viewers = graphql(`
  query Viewers($id: ID!, $project: Boolean!, $content: Boolean!, $conversation: Boolean!) {
    project(id: $id) @include(if: $project) { id viewers { count users { id name } } }
    content(id: $id) @include(if: $content) { id viewers { count users { id name } } }
    conversation(id: $id) @include(if: $conversation) { id viewers { count users { id name } } }
  }
`);

export const signals = graphql(`
  subscription Signals($topics: [TopicRef!]!) {
    signals(topics: $topics) {
      __typename
      ... on TopicSignal { topicId user { id name } count expiresAt version }
      ... on PresenceSignal { status }
      ... on ViewingSignal { viewing }
      ... on TypingSignal { typing }
      ... on AccessLost { lost: topic }
    }
  }
`);

export const setViewing = graphql(`
  mutation SetViewing($input: SetViewingInput!) {
    setViewing(input: $input) { expiresAt }
  }
`);

export const events = graphql(`
  subscription Events($topics: [TopicRef!]!, $types: [EventType!], $after: [Cursor!]) {
    events(topics: $topics, types: $types, after: $after) {
      __typename
      ... on Event { id cursor type at topic { id kind } actor { id name } }
      ... on Checkpoint { cursors { topic cursor } }
      ... on AccessLost { topicId }
    }
  }
`);

export const createProject = graphql(`
  mutation CreateProject($input: CreateProjectInput!) {
    createProject(input: $input) { project { id name } eventCursor }
  }
`);

export const addMember = graphql(`
  mutation AddMember($input: AddMemberInput!) {
    addMember(input: $input) { eventCursor }
  }
`);

export const createTask = graphql(`
  mutation CreateTask($input: CreateTaskInput!) {
    createTask(input: $input) { task { id title version } eventCursor }
  }
`);

export const createContent = graphql(`
  mutation CreateContent($input: CreateContentInput!) {
    createContent(input: $input) { content { id title version } eventCursor }
  }
`);

export const publishContent = graphql(`
  mutation PublishContent($input: PublishContentInput!) {
    publishContent(input: $input) { content { id status version } eventCursor }
  }
`);

export const addComment = graphql(`
  mutation AddComment($input: AddCommentInput!) {
    addComment(input: $input) { comment { id text } eventCursor }
  }
`);

export const tasks = graphql(`
  query Tasks($projectId: ID!, $first: Int, $after: String) {
    tasks(projectId: $projectId, first: $first, after: $after) {
      nodes { id title status priority version assignee { id name } }
      pageInfo { hasNextPage endCursor }
      headCursor
    }
  }
`);

export const createConversation = graphql(`
  mutation CreateConversation($input: CreateConversationInput!) {
    createConversation(input: $input) { conversation { id title } eventCursor }
  }
`);

export const sendMessage = graphql(`
  mutation SendMessage($input: SendMessageInput!) {
    sendMessage(input: $input) { message { id content } eventCursor }
  }
`);

export const newMessage = graphql(`
  subscription NewMessage($conversationId: ID!, $after: Cursor) {
    newMessage(conversationId: $conversationId, after: $after) {
      id
      cursor
      at
      message { id content createdAt author { id name } replyTo { id content } }
    }
  }
`);
