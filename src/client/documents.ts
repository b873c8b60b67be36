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
    }
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
