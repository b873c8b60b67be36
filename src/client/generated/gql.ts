/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  subscription TaskUpdated($projectId: ID!, $types: [EventType!], $after: Cursor) {\n    taskUpdated(projectId: $projectId, types: $types, after: $after) {\n      __typename\n      id\n      cursor\n      type\n      at\n      actor { id name }\n      task { id title status priority version deletedAt assignee { id name } }\n      changes { field from to }\n    }\n  }\n": typeof types.TaskUpdatedDocument,
    "\n  subscription Inbox($after: Cursor) {\n    inbox(after: $after) {\n      __typename\n      id\n      cursor\n      counts { unread unseen total }\n      ... on NotificationUpserted {\n        alert\n        notification { id title type reason count readAt seenAt }\n      }\n      ... on AttentionChanged {\n        attention { preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version focus { startedAt until } }\n      }\n    }\n  }\n": typeof types.InboxDocument,
    "\n  query Notifications($filter: NotificationFilter, $first: Int, $after: String) {\n    notifications(filter: $filter, first: $first, after: $after) {\n      nodes { id title type reason count readAt seenAt }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      counts { unread unseen total }\n      headCursor\n    }\n  }\n": typeof types.NotificationsDocument,
    "\n  query Attention {\n    attention { preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version focus { startedAt until } }\n  }\n": typeof types.AttentionDocument,
    "\n  subscription NewComment($contentId: ID!, $after: Cursor) {\n    newComment(contentId: $contentId, after: $after) {\n      __typename\n      id\n      cursor\n      at\n      actor { id name }\n      topic { id }\n      comment { id text createdAt author { id name } }\n      replyTo { id }\n    }\n  }\n": typeof types.NewCommentDocument,
    "\n  query Presence($userIds: [ID!]!) {\n    presence(userIds: $userIds) { user { id } online lastSeenAt }\n  }\n": typeof types.PresenceDocument,
    "\n  query Viewers($id: ID!, $project: Boolean!, $content: Boolean!, $conversation: Boolean!) {\n    project(id: $id) @include(if: $project) { id viewers { count users { id name } } }\n    content(id: $id) @include(if: $content) { id viewers { count users { id name } } }\n    conversation(id: $id) @include(if: $conversation) { id viewers { count users { id name } } }\n  }\n": typeof types.ViewersDocument,
    "\n  subscription Signals($topics: [TopicRef!]!) {\n    signals(topics: $topics) {\n      __typename\n      ... on TopicSignal { topicId user { id name } count expiresAt version }\n      ... on PresenceSignal { status }\n      ... on ViewingSignal { viewing }\n      ... on TypingSignal { typing }\n      ... on AccessLost { lost: topic }\n    }\n  }\n": typeof types.SignalsDocument,
    "\n  mutation SetViewing($input: SetViewingInput!) {\n    setViewing(input: $input) { expiresAt }\n  }\n": typeof types.SetViewingDocument,
    "\n  subscription Events($topics: [TopicRef!]!, $types: [EventType!], $after: [Cursor!]) {\n    events(topics: $topics, types: $types, after: $after) {\n      __typename\n      ... on Event { id cursor type at topic { id kind } actor { id name } }\n      ... on Checkpoint { cursors { topic cursor } }\n      ... on AccessLost { topicId }\n    }\n  }\n": typeof types.EventsDocument,
    "\n  mutation CreateProject($input: CreateProjectInput!) {\n    createProject(input: $input) { project { id name } eventCursor }\n  }\n": typeof types.CreateProjectDocument,
    "\n  mutation AddMember($input: AddMemberInput!) {\n    addMember(input: $input) { eventCursor }\n  }\n": typeof types.AddMemberDocument,
    "\n  mutation CreateTask($input: CreateTaskInput!) {\n    createTask(input: $input) { task { id title version } eventCursor }\n  }\n": typeof types.CreateTaskDocument,
    "\n  mutation CreateContent($input: CreateContentInput!) {\n    createContent(input: $input) { content { id title version } eventCursor }\n  }\n": typeof types.CreateContentDocument,
    "\n  mutation PublishContent($input: PublishContentInput!) {\n    publishContent(input: $input) { content { id status version } eventCursor }\n  }\n": typeof types.PublishContentDocument,
    "\n  mutation AddComment($input: AddCommentInput!) {\n    addComment(input: $input) { comment { id text } eventCursor }\n  }\n": typeof types.AddCommentDocument,
    "\n  query Tasks($projectId: ID!, $first: Int, $after: String) {\n    tasks(projectId: $projectId, first: $first, after: $after) {\n      nodes { id title status priority version assignee { id name } }\n      pageInfo { hasNextPage endCursor }\n      headCursor\n    }\n  }\n": typeof types.TasksDocument,
    "\n  mutation CreateConversation($input: CreateConversationInput!) {\n    createConversation(input: $input) { conversation { id title } eventCursor }\n  }\n": typeof types.CreateConversationDocument,
    "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { message { id content } eventCursor }\n  }\n": typeof types.SendMessageDocument,
    "\n  subscription NewMessage($conversationId: ID!, $after: Cursor) {\n    newMessage(conversationId: $conversationId, after: $after) {\n      id\n      cursor\n      at\n      message { id content createdAt author { id name } replyTo { id content } }\n    }\n  }\n": typeof types.NewMessageDocument,
};
const documents: Documents = {
    "\n  subscription TaskUpdated($projectId: ID!, $types: [EventType!], $after: Cursor) {\n    taskUpdated(projectId: $projectId, types: $types, after: $after) {\n      __typename\n      id\n      cursor\n      type\n      at\n      actor { id name }\n      task { id title status priority version deletedAt assignee { id name } }\n      changes { field from to }\n    }\n  }\n": types.TaskUpdatedDocument,
    "\n  subscription Inbox($after: Cursor) {\n    inbox(after: $after) {\n      __typename\n      id\n      cursor\n      counts { unread unseen total }\n      ... on NotificationUpserted {\n        alert\n        notification { id title type reason count readAt seenAt }\n      }\n      ... on AttentionChanged {\n        attention { preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version focus { startedAt until } }\n      }\n    }\n  }\n": types.InboxDocument,
    "\n  query Notifications($filter: NotificationFilter, $first: Int, $after: String) {\n    notifications(filter: $filter, first: $first, after: $after) {\n      nodes { id title type reason count readAt seenAt }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      counts { unread unseen total }\n      headCursor\n    }\n  }\n": types.NotificationsDocument,
    "\n  query Attention {\n    attention { preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version focus { startedAt until } }\n  }\n": types.AttentionDocument,
    "\n  subscription NewComment($contentId: ID!, $after: Cursor) {\n    newComment(contentId: $contentId, after: $after) {\n      __typename\n      id\n      cursor\n      at\n      actor { id name }\n      topic { id }\n      comment { id text createdAt author { id name } }\n      replyTo { id }\n    }\n  }\n": types.NewCommentDocument,
    "\n  query Presence($userIds: [ID!]!) {\n    presence(userIds: $userIds) { user { id } online lastSeenAt }\n  }\n": types.PresenceDocument,
    "\n  query Viewers($id: ID!, $project: Boolean!, $content: Boolean!, $conversation: Boolean!) {\n    project(id: $id) @include(if: $project) { id viewers { count users { id name } } }\n    content(id: $id) @include(if: $content) { id viewers { count users { id name } } }\n    conversation(id: $id) @include(if: $conversation) { id viewers { count users { id name } } }\n  }\n": types.ViewersDocument,
    "\n  subscription Signals($topics: [TopicRef!]!) {\n    signals(topics: $topics) {\n      __typename\n      ... on TopicSignal { topicId user { id name } count expiresAt version }\n      ... on PresenceSignal { status }\n      ... on ViewingSignal { viewing }\n      ... on TypingSignal { typing }\n      ... on AccessLost { lost: topic }\n    }\n  }\n": types.SignalsDocument,
    "\n  mutation SetViewing($input: SetViewingInput!) {\n    setViewing(input: $input) { expiresAt }\n  }\n": types.SetViewingDocument,
    "\n  subscription Events($topics: [TopicRef!]!, $types: [EventType!], $after: [Cursor!]) {\n    events(topics: $topics, types: $types, after: $after) {\n      __typename\n      ... on Event { id cursor type at topic { id kind } actor { id name } }\n      ... on Checkpoint { cursors { topic cursor } }\n      ... on AccessLost { topicId }\n    }\n  }\n": types.EventsDocument,
    "\n  mutation CreateProject($input: CreateProjectInput!) {\n    createProject(input: $input) { project { id name } eventCursor }\n  }\n": types.CreateProjectDocument,
    "\n  mutation AddMember($input: AddMemberInput!) {\n    addMember(input: $input) { eventCursor }\n  }\n": types.AddMemberDocument,
    "\n  mutation CreateTask($input: CreateTaskInput!) {\n    createTask(input: $input) { task { id title version } eventCursor }\n  }\n": types.CreateTaskDocument,
    "\n  mutation CreateContent($input: CreateContentInput!) {\n    createContent(input: $input) { content { id title version } eventCursor }\n  }\n": types.CreateContentDocument,
    "\n  mutation PublishContent($input: PublishContentInput!) {\n    publishContent(input: $input) { content { id status version } eventCursor }\n  }\n": types.PublishContentDocument,
    "\n  mutation AddComment($input: AddCommentInput!) {\n    addComment(input: $input) { comment { id text } eventCursor }\n  }\n": types.AddCommentDocument,
    "\n  query Tasks($projectId: ID!, $first: Int, $after: String) {\n    tasks(projectId: $projectId, first: $first, after: $after) {\n      nodes { id title status priority version assignee { id name } }\n      pageInfo { hasNextPage endCursor }\n      headCursor\n    }\n  }\n": types.TasksDocument,
    "\n  mutation CreateConversation($input: CreateConversationInput!) {\n    createConversation(input: $input) { conversation { id title } eventCursor }\n  }\n": types.CreateConversationDocument,
    "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { message { id content } eventCursor }\n  }\n": types.SendMessageDocument,
    "\n  subscription NewMessage($conversationId: ID!, $after: Cursor) {\n    newMessage(conversationId: $conversationId, after: $after) {\n      id\n      cursor\n      at\n      message { id content createdAt author { id name } replyTo { id content } }\n    }\n  }\n": types.NewMessageDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription TaskUpdated($projectId: ID!, $types: [EventType!], $after: Cursor) {\n    taskUpdated(projectId: $projectId, types: $types, after: $after) {\n      __typename\n      id\n      cursor\n      type\n      at\n      actor { id name }\n      task { id title status priority version deletedAt assignee { id name } }\n      changes { field from to }\n    }\n  }\n"): typeof import('./graphql.ts').TaskUpdatedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Inbox($after: Cursor) {\n    inbox(after: $after) {\n      __typename\n      id\n      cursor\n      counts { unread unseen total }\n      ... on NotificationUpserted {\n        alert\n        notification { id title type reason count readAt seenAt }\n      }\n      ... on AttentionChanged {\n        attention { preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version focus { startedAt until } }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').InboxDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Notifications($filter: NotificationFilter, $first: Int, $after: String) {\n    notifications(filter: $filter, first: $first, after: $after) {\n      nodes { id title type reason count readAt seenAt }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      counts { unread unseen total }\n      headCursor\n    }\n  }\n"): typeof import('./graphql.ts').NotificationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Attention {\n    attention { preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version focus { startedAt until } }\n  }\n"): typeof import('./graphql.ts').AttentionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription NewComment($contentId: ID!, $after: Cursor) {\n    newComment(contentId: $contentId, after: $after) {\n      __typename\n      id\n      cursor\n      at\n      actor { id name }\n      topic { id }\n      comment { id text createdAt author { id name } }\n      replyTo { id }\n    }\n  }\n"): typeof import('./graphql.ts').NewCommentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Presence($userIds: [ID!]!) {\n    presence(userIds: $userIds) { user { id } online lastSeenAt }\n  }\n"): typeof import('./graphql.ts').PresenceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Viewers($id: ID!, $project: Boolean!, $content: Boolean!, $conversation: Boolean!) {\n    project(id: $id) @include(if: $project) { id viewers { count users { id name } } }\n    content(id: $id) @include(if: $content) { id viewers { count users { id name } } }\n    conversation(id: $id) @include(if: $conversation) { id viewers { count users { id name } } }\n  }\n"): typeof import('./graphql.ts').ViewersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Signals($topics: [TopicRef!]!) {\n    signals(topics: $topics) {\n      __typename\n      ... on TopicSignal { topicId user { id name } count expiresAt version }\n      ... on PresenceSignal { status }\n      ... on ViewingSignal { viewing }\n      ... on TypingSignal { typing }\n      ... on AccessLost { lost: topic }\n    }\n  }\n"): typeof import('./graphql.ts').SignalsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetViewing($input: SetViewingInput!) {\n    setViewing(input: $input) { expiresAt }\n  }\n"): typeof import('./graphql.ts').SetViewingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Events($topics: [TopicRef!]!, $types: [EventType!], $after: [Cursor!]) {\n    events(topics: $topics, types: $types, after: $after) {\n      __typename\n      ... on Event { id cursor type at topic { id kind } actor { id name } }\n      ... on Checkpoint { cursors { topic cursor } }\n      ... on AccessLost { topicId }\n    }\n  }\n"): typeof import('./graphql.ts').EventsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateProject($input: CreateProjectInput!) {\n    createProject(input: $input) { project { id name } eventCursor }\n  }\n"): typeof import('./graphql.ts').CreateProjectDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AddMember($input: AddMemberInput!) {\n    addMember(input: $input) { eventCursor }\n  }\n"): typeof import('./graphql.ts').AddMemberDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateTask($input: CreateTaskInput!) {\n    createTask(input: $input) { task { id title version } eventCursor }\n  }\n"): typeof import('./graphql.ts').CreateTaskDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateContent($input: CreateContentInput!) {\n    createContent(input: $input) { content { id title version } eventCursor }\n  }\n"): typeof import('./graphql.ts').CreateContentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation PublishContent($input: PublishContentInput!) {\n    publishContent(input: $input) { content { id status version } eventCursor }\n  }\n"): typeof import('./graphql.ts').PublishContentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AddComment($input: AddCommentInput!) {\n    addComment(input: $input) { comment { id text } eventCursor }\n  }\n"): typeof import('./graphql.ts').AddCommentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Tasks($projectId: ID!, $first: Int, $after: String) {\n    tasks(projectId: $projectId, first: $first, after: $after) {\n      nodes { id title status priority version assignee { id name } }\n      pageInfo { hasNextPage endCursor }\n      headCursor\n    }\n  }\n"): typeof import('./graphql.ts').TasksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateConversation($input: CreateConversationInput!) {\n    createConversation(input: $input) { conversation { id title } eventCursor }\n  }\n"): typeof import('./graphql.ts').CreateConversationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { message { id content } eventCursor }\n  }\n"): typeof import('./graphql.ts').SendMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription NewMessage($conversationId: ID!, $after: Cursor) {\n    newMessage(conversationId: $conversationId, after: $after) {\n      id\n      cursor\n      at\n      message { id content createdAt author { id name } replyTo { id content } }\n    }\n  }\n"): typeof import('./graphql.ts').NewMessageDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
