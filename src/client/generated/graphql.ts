/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Input of addComment. */
export type AddCommentInput = {
  /** Id or externalId of the page. */
  contentId?: string | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Ids of people who may read the project or page, at most 50; each is told once. Absent: nobody. */
  mentions?: Array<string> | null | undefined;
  /** A comment on the same task or page that it answers; absent: none. */
  replyTo?: string | null | undefined;
  /** The task; exactly one of `taskId` and `contentId` is given. */
  taskId?: string | null | undefined;
  /** Plain text of 1 to COMMENT_MAX_CHARS characters (5000). */
  text: string;
};

/** Input of addMember. */
export type AddMemberInput = {
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** PROJECT, CONTENT or CONVERSATION; needed only where `topicId` is an externalId. */
  kind?: TopicKind | null | undefined;
  /** What they may do in it. */
  role?: TopicRole | null | undefined;
  /** Id of the project, page or conversation; with `kind` also its externalId. */
  topicId: string;
  /** Id of the person. */
  userId: string;
};

/** A file that is kept by another application. */
export type AttachmentInput = {
  /** Its id in that application, 1 to 255 characters. */
  externalFileId: string;
  /** What to call it, one line of at most 255 characters. */
  label?: string | null | undefined;
};

/** Settings to begin with; everything in them can be changed. */
export type AttentionPreset =
  /** Mentions and what is given to you reach you at once, up to ten times a day; the rest comes together every two hours from 9:00 to 17:00, and nights are quiet. */
  | 'BALANCED'
  /** Everything waits for one of three moments a day, 9:30, 13:00 and 16:30; evenings, nights and weekends are quiet, and only mentions come through, twice a day at most. */
  | 'CALM'
  /** You are alerted of everything that concerns you, at once, at any hour. */
  | 'INSTANT';

/** What holds your alerts now, the strongest first. */
export type AttentionState =
  /** Your focus. */
  | 'FOCUS'
  /** Nothing but your batch times. */
  | 'OPEN'
  /** You paused everything. */
  | 'PAUSED'
  /** Your quiet hours. */
  | 'QUIET';

/** Who may read a page. */
export type ContentStatus =
  /** Its authors only. */
  | 'DRAFT'
  /** Everybody in the workspace. */
  | 'PUBLISHED';

/** What a page is. */
export type ContentType =
  /** An article. */
  | 'ARTICLE'
  /** An entry of a blog. */
  | 'BLOG'
  /** Any other page. */
  | 'PAGE';

/** What a conversation is for. */
export type ConversationKind =
  /** Of two people, who have one; nobody joins or leaves it. */
  | 'DIRECT'
  /** Of any number of people. */
  | 'GROUP'
  /** About something in particular, such as an offer. */
  | 'TALK';

/** Input of createContent. */
export type CreateContentInput = {
  /** Its text, at most CONTENT_MAX_CHARS characters (50000); absent: none yet. */
  body?: string | null | undefined;
  /** Its id in another application, to name it by (`article-123`): 1 to 200 visible characters without spaces, no UUID, of no other page of the workspace. */
  externalId?: string | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Title in one line, at most TITLE_MAX_CHARS characters (200). */
  title: string;
  /** What it is. */
  type: ContentType;
};

/** Input of createConversation. */
export type CreateConversationInput = {
  /** Its id in another application, to name it by: 1 to 200 visible characters without spaces, no UUID, of no other conversation of the workspace. */
  externalId?: string | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** What it is for. */
  kind: ConversationKind;
  /** A JSON object to keep with it, at most METADATA_MAX_BYTES bytes (8192). */
  metadata?: unknown;
  /** Ids of the others, at most CONVERSATION_MAX_INVITED (100); exactly one for DIRECT. More people are added one by one. */
  participantIds: Array<string>;
  /** Name to show, one line; absent: none. A DIRECT conversation has none. */
  title?: string | null | undefined;
};

/** Input of createProject. */
export type CreateProjectInput = {
  /** What it is about. */
  description?: string | null | undefined;
  /** Its id in another application, to name it by: 1 to 200 visible characters without spaces, no UUID, of no other project of the workspace. */
  externalId?: string | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Name to show, one line. */
  name: string;
};

/** Input of createTask. */
export type CreateTaskInput = {
  /** A member of the project whose task it is; absent: nobody’s. */
  assigneeId?: string | null | undefined;
  /** The details, at most TEXT_MAX_CHARS characters (5000); blank: none. */
  description?: string | null | undefined;
  /** When it is due, from 2000 to 2199; absent: never. */
  dueAt?: string | null | undefined;
  /** Expected work in minutes, 0 to 100000. Only for those who may read estimates. */
  estimateMinutes?: number | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** How urgent it is; absent: MEDIUM. */
  priority?: TaskPriority | null | undefined;
  /** Id or externalId of the project. */
  projectId: string;
  /** How far it is; absent: TODO. */
  status?: TaskStatus | null | undefined;
  /** What is to be done: one line, at most TITLE_MAX_CHARS characters (200). */
  title: string;
};

/** Every kind of event. A new kind may be added at any time: ignore those you do not know. */
export type EventType =
  /** Something is worth a moment of joy. Only in the person’s own topic, as seldom as CELEBRATION_INTERVAL_MS says, and never while something holds their alerts. */
  | 'ACHIEVEMENT_EARNED'
  /** Somebody commented on a page, or answered a comment on it. Formerly `new-comment`. */
  | 'COMMENT_ADDED'
  /** A comment was deleted: its place stays, its text is gone. */
  | 'COMMENT_DELETED'
  /** The text or the mentions of a comment changed. */
  | 'COMMENT_EDITED'
  /** A page was created, as a draft. Also in the own topic of its author, whose open streams gain it. */
  | 'CONTENT_CREATED'
  /** A page was deleted, with everything on it; every stream of it ends after this. */
  | 'CONTENT_DELETED'
  /** A page was published: everybody in the workspace may read it. */
  | 'CONTENT_PUBLISHED'
  /** A page became a draft again, which only its authors may read. The streams of everybody else end instead of showing it. */
  | 'CONTENT_UNPUBLISHED'
  /** Title, text or type of a page changed. Formerly `live-update`. */
  | 'CONTENT_UPDATED'
  /** A conversation was begun. Also in the own topic of everybody it was begun with, whose open streams gain it. Formerly `conversation:new`. */
  | 'CONVERSATION_CREATED'
  /** Something happened in another application, which says so with `publishEvent`. */
  | 'EXTERNAL_EVENT'
  /** Somebody became a member. Also in their own topic, which is how their open streams gain this one. Formerly `participant:added`, `conversation:joined`. */
  | 'MEMBER_ADDED'
  /** Somebody left or was removed; `actor` is who did it. Also in their own topic. Their streams of the topic end instead of showing it, unless they may read it still. Formerly `participant:removed`, `conversation:removed`. */
  | 'MEMBER_REMOVED'
  /** A member may do more or less than before. */
  | 'MEMBER_ROLE_CHANGED'
  /** People have read further, all of them since the last such event, of which there is one a second at most. Those who do not share it are left out. Formerly `read`. */
  | 'MESSAGES_READ'
  /** The author deleted a message: its place stays, everything in it is gone. Formerly `message:deleted`. */
  | 'MESSAGE_DELETED'
  /** The author changed the content or the mentions of a message. Formerly `message:updated`. */
  | 'MESSAGE_EDITED'
  /** Somebody wrote a message. Formerly `message:new`, `message`, `new-message`. */
  | 'MESSAGE_SENT'
  /** An offer was accepted, at the amount that was on the table. Formerly `offer-accepted`. */
  | 'OFFER_ACCEPTED'
  /** Somebody made another participant an offer. Formerly `offer-created`, `new-offer`. */
  | 'OFFER_CREATED'
  /** An offer was countered, declined or withdrawn, or it expired. Formerly `offer-update`. */
  | 'OFFER_UPDATED'
  /** A project was created. Also in the own topic of its first owner, whose open streams gain it. */
  | 'PROJECT_CREATED'
  /** A project was deleted, with everything in it; every stream of it ends after this. */
  | 'PROJECT_DELETED'
  /** The name or description of a project changed. Formerly `project.updated`. */
  | 'PROJECT_UPDATED'
  /** Somebody rated a page, or changed their rating; `actor` is who. Formerly `new-rating`. */
  | 'RATING_ADDED'
  /** Somebody put an emoji to a message, or took theirs back. */
  | 'REACTION_CHANGED'
  /** A task was given to somebody, or taken from them. Formerly `task.assigned`. */
  | 'TASK_ASSIGNED'
  /** Somebody commented on a task. Formerly `task.commented`. */
  | 'TASK_COMMENTED'
  /** A task was created. Formerly `task.created`. */
  | 'TASK_CREATED'
  /** A task was deleted. Its row stays readable through the event, with `deletedAt`. Formerly `task.deleted`. */
  | 'TASK_DELETED'
  /** A task of the person is due soon. Only in their own topic; when, they choose with `remindMinutes`. */
  | 'TASK_DUE_SOON'
  /** Fields of a task changed. Formerly `task.updated`. */
  | 'TASK_UPDATED'
  /** Somebody started a timer on a task. Formerly `time.started`. */
  | 'TIME_STARTED'
  /** A timer on a task was stopped: by its person, by starting another, or because the task was deleted or its person may not track time there any more. Formerly `time.stopped`. */
  | 'TIME_STOPPED';

/** Which notifications. What is absent does not restrict; an empty list chooses none. */
export type NotificationFilter = {
  /** Those are left out of which all that one of these says holds; at most 10. */
  not?: Array<NotificationMatch> | null | undefined;
  /** Why you were told. */
  reasons?: Array<NotificationReason> | null | undefined;
  /** Words, each of which stands in the title of the task, page, conversation or offer, in the name of the project or of somebody behind it; at most 100 characters and 10 words. Places you can no longer read are not searched. */
  search?: string | null | undefined;
  /** Where they stand. */
  states?: Array<NotificationState> | null | undefined;
  /** Ids or externalIds of the projects, pages and conversations it happened in. */
  topics?: Array<string> | null | undefined;
  /** Kinds of the newest event. */
  types?: Array<EventType> | null | undefined;
  /** True: only those in the state UNREAD. */
  unreadOnly?: boolean | null | undefined;
};

/** Notifications of which all of this holds. What is absent holds of all; an empty list of none. */
export type NotificationMatch = {
  /** Why you were told. */
  reasons?: Array<NotificationReason> | null | undefined;
  /** Words, each of which stands in the title of the task, page, conversation or offer, in the name of the project or of somebody behind it; at most 100 characters and 10 words. Places you can no longer read are not searched. */
  search?: string | null | undefined;
  /** Where they stand. */
  states?: Array<NotificationState> | null | undefined;
  /** Ids or externalIds of the projects, pages and conversations it happened in. */
  topics?: Array<string> | null | undefined;
  /** Kinds of the newest event. */
  types?: Array<EventType> | null | undefined;
};

/** Why you were told. */
export type NotificationReason =
  /** You were added to a project or conversation. */
  | 'ADDED'
  /** Something was given to you. */
  | 'ASSIGNED'
  /** Somebody commented on something you take part in. */
  | 'COMMENTED'
  /** A task of yours is due soon. */
  | 'DUE_SOON'
  /** You follow everything that happens there. */
  | 'FOLLOWING'
  /** You were mentioned. */
  | 'MENTIONED'
  /** Somebody wrote in a conversation you take part in. */
  | 'MESSAGE'
  /** You were made an offer, or something became of one of yours. */
  | 'OFFER'
  /** Another application had something to tell you. */
  | 'PUBLISHED'
  /** Somebody rated a page of yours. */
  | 'RATED'
  /** Somebody answered a message or a comment of yours. */
  | 'REPLIED';

/** Where a notification stands; each is in one of these, the last that fits. */
export type NotificationState =
  /** You have finished with it. */
  | 'DONE'
  /** What it was about is gone. */
  | 'EXPIRED'
  /** You know what it says. */
  | 'READ'
  /** You put it away until a time. */
  | 'SNOOZED'
  /** Something happened that you have not read. */
  | 'UNREAD';

/** Whether somebody is there. */
export type PresenceStatus =
  /** The last device is gone. */
  | 'OFFLINE'
  /** At least one device is connected. */
  | 'ONLINE';

/** Input of publishContent. */
export type PublishContentInput = {
  /** Id or externalId of the page. */
  contentId: string;
  /** CONFLICT when the page has another version by now; absent: do it anyway. */
  expectedVersion?: number | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
};

/** Input of sendMessage. */
export type SendMessageInput = {
  /** Files that belong to it, at most MESSAGE_MAX_ATTACHMENTS (10). */
  attachments?: Array<AttachmentInput> | null | undefined;
  /** Plain text of 1 to MESSAGE_MAX_CHARS characters (5000). */
  content: string;
  /** Id or externalId of the conversation. */
  conversationId: string;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Ids of participants, at most 50; each is told once. Absent: nobody. */
  mentions?: Array<string> | null | undefined;
  /** A JSON object to keep with it, at most METADATA_MAX_BYTES bytes (8192). */
  metadata?: unknown;
  /** The message it answers: one of the same conversation that is not deleted. */
  replyToId?: string | null | undefined;
};

/** Input of setViewing. */
export type SetViewingInput = {
  /** A topic they may read. */
  topic: TopicRef;
  /** Whether they look at it. */
  viewing: boolean;
};

/** How urgent a task is. */
export type TaskPriority =
  /** Before the others. */
  | 'HIGH'
  /** When there is time. */
  | 'LOW'
  /** As usual. */
  | 'MEDIUM';

/** How far a task is. */
export type TaskStatus =
  /** Finished. */
  | 'DONE'
  /** Being worked on. */
  | 'IN_PROGRESS'
  /** Not begun. */
  | 'TODO';

/** What a topic is. */
export type TopicKind =
  /** A page. */
  | 'CONTENT'
  /** A conversation. */
  | 'CONVERSATION'
  /** A project. */
  | 'PROJECT'
  /** What concerns one person. */
  | 'USER';

/** A topic. Without `id`, of kind USER only: everything whoever asks belongs to, topics joined later included. */
export type TopicRef = {
  /** Its id or externalId. */
  id?: string | null | undefined;
  /** What it is. */
  kind: TopicKind;
};

/** What a member may do in a topic. */
export type TopicRole =
  /** Changes it and manages its members up to their own role. */
  | 'ADMIN'
  /** Reads it and comments. */
  | 'GUEST'
  /** Works in it. */
  | 'MEMBER'
  /** Everything, deleting it included. A topic keeps at least one. */
  | 'OWNER';

export type TaskUpdatedSubscriptionVariables = Exact<{
  projectId: string;
  types?: Array<EventType> | EventType | null | undefined;
  after?: string | null | undefined;
}>;


export type TaskUpdatedSubscription = { taskUpdated:
    | { __typename: 'TaskAssigned', id: string, cursor: string, type: EventType, at: string, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null }, changes: Array<{ field: string, from: unknown, to: unknown }> }
    | { __typename: 'TaskCommented', id: string, cursor: string, type: EventType, at: string, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null }, changes: Array<{ field: string, from: unknown, to: unknown }> }
    | { __typename: 'TaskCreated', id: string, cursor: string, type: EventType, at: string, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null }, changes: Array<{ field: string, from: unknown, to: unknown }> }
    | { __typename: 'TaskDeleted', id: string, cursor: string, type: EventType, at: string, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null }, changes: Array<{ field: string, from: unknown, to: unknown }> }
    | { __typename: 'TaskUpdated', id: string, cursor: string, type: EventType, at: string, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null }, changes: Array<{ field: string, from: unknown, to: unknown }> }
    | { __typename: 'TimeStarted', id: string, cursor: string, type: EventType, at: string, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null }, changes: Array<{ field: string, from: unknown, to: unknown }> }
    | { __typename: 'TimeStopped', id: string, cursor: string, type: EventType, at: string, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null }, changes: Array<{ field: string, from: unknown, to: unknown }> }
   };

export type InboxSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type InboxSubscription = { inbox:
    | { __typename: 'AttentionChanged', id: string, cursor: string, attention: { preset: AttentionPreset, presetInWords: string, chosen: boolean, state: AttentionState, stateUntil: string | null, held: number, nextReleaseAt: string | null, timeZone: string, batchTimes: Array<string>, version: number, focus: { startedAt: string, until: string } | null }, counts: { unread: number, unseen: number, total: number } }
    | { __typename: 'BatchReleased', id: string, cursor: string, counts: { unread: number, unseen: number, total: number } }
    | { __typename: 'NotificationUpserted', alert: boolean, id: string, cursor: string, notification: { id: string, title: string, type: EventType, reason: NotificationReason, count: number, readAt: string | null, seenAt: string | null } | null, counts: { unread: number, unseen: number, total: number } }
    | { __typename: 'NotificationsChanged', id: string, cursor: string, counts: { unread: number, unseen: number, total: number } }
   };

export type NotificationsQueryVariables = Exact<{
  filter?: NotificationFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type NotificationsQuery = { notifications: { headCursor: string, nodes: Array<{ id: string, title: string, type: EventType, reason: NotificationReason, count: number, readAt: string | null, seenAt: string | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null }, counts: { unread: number, unseen: number, total: number } } };

export type AttentionQueryVariables = Exact<{ [key: string]: never; }>;


export type AttentionQuery = { attention: { preset: AttentionPreset, presetInWords: string, chosen: boolean, state: AttentionState, stateUntil: string | null, held: number, nextReleaseAt: string | null, timeZone: string, batchTimes: Array<string>, version: number, focus: { startedAt: string, until: string } | null } };

export type NewCommentSubscriptionVariables = Exact<{
  contentId: string;
  after?: string | null | undefined;
}>;


export type NewCommentSubscription = { newComment: { __typename: 'CommentAdded', id: string, cursor: string, at: string, actor: { id: string, name: string } | null, topic: { id: string }, comment: { id: string, text: string | null, createdAt: string, author: { id: string, name: string } }, replyTo: { id: string } | null } };

export type PresenceQueryVariables = Exact<{
  userIds: Array<string> | string;
}>;


export type PresenceQuery = { presence: Array<{ online: boolean | null, lastSeenAt: string | null, user: { id: string } }> };

export type ViewersQueryVariables = Exact<{
  id: string;
  project: boolean;
  content: boolean;
  conversation: boolean;
}>;


export type ViewersQuery = { project?: { id: string, viewers: { count: number, users: Array<{ id: string, name: string }> | null } | null } | null, content?: { id: string, viewers: { count: number, users: Array<{ id: string, name: string }> | null } | null } | null, conversation?: { id: string, viewers: { count: number, users: Array<{ id: string, name: string }> | null } | null } | null };

export type SignalsSubscriptionVariables = Exact<{
  topics: Array<TopicRef> | TopicRef;
}>;


export type SignalsSubscription = { signals:
    | { __typename: 'AccessLost', lost: string }
    | { __typename: 'PresenceSignal', topicId: string, count: number | null, expiresAt: string, version: number, status: PresenceStatus, user: { id: string, name: string } | null }
    | { __typename: 'TypingSignal', topicId: string, count: number | null, expiresAt: string, version: number, typing: boolean, user: { id: string, name: string } | null }
    | { __typename: 'ViewingSignal', topicId: string, count: number | null, expiresAt: string, version: number, viewing: boolean, user: { id: string, name: string } | null }
   };

export type SetViewingMutationVariables = Exact<{
  input: SetViewingInput;
}>;


export type SetViewingMutation = { setViewing: { expiresAt: string } };

export type EventsSubscriptionVariables = Exact<{
  topics: Array<TopicRef> | TopicRef;
  types?: Array<EventType> | EventType | null | undefined;
  after?: Array<string> | string | null | undefined;
}>;


export type EventsSubscription = { events:
    | { __typename: 'AccessLost', topicId: string }
    | { __typename: 'AchievementEarned', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'Checkpoint', cursors: Array<{ topic: string, cursor: string }> }
    | { __typename: 'CommentAdded', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'CommentDeleted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'CommentEdited', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ContentCreated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ContentDeleted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ContentPublished', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ContentUnpublished', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ContentUpdated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ConversationCreated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ExternalEvent', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'MemberAdded', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'MemberRemoved', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'MemberRoleChanged', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'MessageDeleted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'MessageEdited', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'MessageSent', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'MessagesRead', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'OfferAccepted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'OfferCreated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'OfferUpdated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ProjectCreated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ProjectDeleted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ProjectUpdated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'RatingAdded', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ReactionChanged', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'TaskAssigned', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'TaskCommented', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'TaskCreated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'TaskDeleted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'TaskDueSoon', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'TaskUpdated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'TimeStarted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'TimeStopped', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
   };

export type CreateProjectMutationVariables = Exact<{
  input: CreateProjectInput;
}>;


export type CreateProjectMutation = { createProject: { eventCursor: string | null, project: { id: string, name: string } | null } };

export type AddMemberMutationVariables = Exact<{
  input: AddMemberInput;
}>;


export type AddMemberMutation = { addMember: { eventCursor: string | null } };

export type CreateTaskMutationVariables = Exact<{
  input: CreateTaskInput;
}>;


export type CreateTaskMutation = { createTask: { eventCursor: string | null, task: { id: string, title: string, version: number } } };

export type CreateContentMutationVariables = Exact<{
  input: CreateContentInput;
}>;


export type CreateContentMutation = { createContent: { eventCursor: string | null, content: { id: string, title: string, version: number } | null } };

export type PublishContentMutationVariables = Exact<{
  input: PublishContentInput;
}>;


export type PublishContentMutation = { publishContent: { eventCursor: string | null, content: { id: string, status: ContentStatus, version: number } | null } };

export type AddCommentMutationVariables = Exact<{
  input: AddCommentInput;
}>;


export type AddCommentMutation = { addComment: { eventCursor: string | null, comment: { id: string, text: string | null } } };

export type TasksQueryVariables = Exact<{
  projectId: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TasksQuery = { tasks: { headCursor: string, nodes: Array<{ id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, assignee: { id: string, name: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CreateConversationMutationVariables = Exact<{
  input: CreateConversationInput;
}>;


export type CreateConversationMutation = { createConversation: { eventCursor: string | null, conversation: { id: string, title: string | null } | null } };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { eventCursor: string | null, message: { id: string, content: string | null } } };

export type NewMessageSubscriptionVariables = Exact<{
  conversationId: string;
  after?: string | null | undefined;
}>;


export type NewMessageSubscription = { newMessage: { id: string, cursor: string, at: string, message: { id: string, content: string | null, createdAt: string, author: { id: string, name: string }, replyTo: { id: string, content: string | null } | null } } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const TaskUpdatedDocument = new TypedDocumentString(`
    subscription TaskUpdated($projectId: ID!, $types: [EventType!], $after: Cursor) {
  taskUpdated(projectId: $projectId, types: $types, after: $after) {
    __typename
    id
    cursor
    type
    at
    actor {
      id
      name
    }
    task {
      id
      title
      status
      priority
      version
      deletedAt
      assignee {
        id
        name
      }
    }
    changes {
      field
      from
      to
    }
  }
}
    `) as unknown as TypedDocumentString<TaskUpdatedSubscription, TaskUpdatedSubscriptionVariables>;
export const InboxDocument = new TypedDocumentString(`
    subscription Inbox($after: Cursor) {
  inbox(after: $after) {
    __typename
    id
    cursor
    counts {
      unread
      unseen
      total
    }
    ... on NotificationUpserted {
      alert
      notification {
        id
        title
        type
        reason
        count
        readAt
        seenAt
      }
    }
    ... on AttentionChanged {
      attention {
        preset
        presetInWords
        chosen
        state
        stateUntil
        held
        nextReleaseAt
        timeZone
        batchTimes
        version
        focus {
          startedAt
          until
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<InboxSubscription, InboxSubscriptionVariables>;
export const NotificationsDocument = new TypedDocumentString(`
    query Notifications($filter: NotificationFilter, $first: Int, $after: String) {
  notifications(filter: $filter, first: $first, after: $after) {
    nodes {
      id
      title
      type
      reason
      count
      readAt
      seenAt
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      endCursor
    }
    counts {
      unread
      unseen
      total
    }
    headCursor
  }
}
    `) as unknown as TypedDocumentString<NotificationsQuery, NotificationsQueryVariables>;
export const AttentionDocument = new TypedDocumentString(`
    query Attention {
  attention {
    preset
    presetInWords
    chosen
    state
    stateUntil
    held
    nextReleaseAt
    timeZone
    batchTimes
    version
    focus {
      startedAt
      until
    }
  }
}
    `) as unknown as TypedDocumentString<AttentionQuery, AttentionQueryVariables>;
export const NewCommentDocument = new TypedDocumentString(`
    subscription NewComment($contentId: ID!, $after: Cursor) {
  newComment(contentId: $contentId, after: $after) {
    __typename
    id
    cursor
    at
    actor {
      id
      name
    }
    topic {
      id
    }
    comment {
      id
      text
      createdAt
      author {
        id
        name
      }
    }
    replyTo {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<NewCommentSubscription, NewCommentSubscriptionVariables>;
export const PresenceDocument = new TypedDocumentString(`
    query Presence($userIds: [ID!]!) {
  presence(userIds: $userIds) {
    user {
      id
    }
    online
    lastSeenAt
  }
}
    `) as unknown as TypedDocumentString<PresenceQuery, PresenceQueryVariables>;
export const ViewersDocument = new TypedDocumentString(`
    query Viewers($id: ID!, $project: Boolean!, $content: Boolean!, $conversation: Boolean!) {
  project(id: $id) @include(if: $project) {
    id
    viewers {
      count
      users {
        id
        name
      }
    }
  }
  content(id: $id) @include(if: $content) {
    id
    viewers {
      count
      users {
        id
        name
      }
    }
  }
  conversation(id: $id) @include(if: $conversation) {
    id
    viewers {
      count
      users {
        id
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ViewersQuery, ViewersQueryVariables>;
export const SignalsDocument = new TypedDocumentString(`
    subscription Signals($topics: [TopicRef!]!) {
  signals(topics: $topics) {
    __typename
    ... on TopicSignal {
      topicId
      user {
        id
        name
      }
      count
      expiresAt
      version
    }
    ... on PresenceSignal {
      status
    }
    ... on ViewingSignal {
      viewing
    }
    ... on TypingSignal {
      typing
    }
    ... on AccessLost {
      lost: topic
    }
  }
}
    `) as unknown as TypedDocumentString<SignalsSubscription, SignalsSubscriptionVariables>;
export const SetViewingDocument = new TypedDocumentString(`
    mutation SetViewing($input: SetViewingInput!) {
  setViewing(input: $input) {
    expiresAt
  }
}
    `) as unknown as TypedDocumentString<SetViewingMutation, SetViewingMutationVariables>;
export const EventsDocument = new TypedDocumentString(`
    subscription Events($topics: [TopicRef!]!, $types: [EventType!], $after: [Cursor!]) {
  events(topics: $topics, types: $types, after: $after) {
    __typename
    ... on Event {
      id
      cursor
      type
      at
      topic {
        id
        kind
      }
      actor {
        id
        name
      }
    }
    ... on Checkpoint {
      cursors {
        topic
        cursor
      }
    }
    ... on AccessLost {
      topicId
    }
  }
}
    `) as unknown as TypedDocumentString<EventsSubscription, EventsSubscriptionVariables>;
export const CreateProjectDocument = new TypedDocumentString(`
    mutation CreateProject($input: CreateProjectInput!) {
  createProject(input: $input) {
    project {
      id
      name
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<CreateProjectMutation, CreateProjectMutationVariables>;
export const AddMemberDocument = new TypedDocumentString(`
    mutation AddMember($input: AddMemberInput!) {
  addMember(input: $input) {
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<AddMemberMutation, AddMemberMutationVariables>;
export const CreateTaskDocument = new TypedDocumentString(`
    mutation CreateTask($input: CreateTaskInput!) {
  createTask(input: $input) {
    task {
      id
      title
      version
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<CreateTaskMutation, CreateTaskMutationVariables>;
export const CreateContentDocument = new TypedDocumentString(`
    mutation CreateContent($input: CreateContentInput!) {
  createContent(input: $input) {
    content {
      id
      title
      version
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<CreateContentMutation, CreateContentMutationVariables>;
export const PublishContentDocument = new TypedDocumentString(`
    mutation PublishContent($input: PublishContentInput!) {
  publishContent(input: $input) {
    content {
      id
      status
      version
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<PublishContentMutation, PublishContentMutationVariables>;
export const AddCommentDocument = new TypedDocumentString(`
    mutation AddComment($input: AddCommentInput!) {
  addComment(input: $input) {
    comment {
      id
      text
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<AddCommentMutation, AddCommentMutationVariables>;
export const TasksDocument = new TypedDocumentString(`
    query Tasks($projectId: ID!, $first: Int, $after: String) {
  tasks(projectId: $projectId, first: $first, after: $after) {
    nodes {
      id
      title
      status
      priority
      version
      assignee {
        id
        name
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    headCursor
  }
}
    `) as unknown as TypedDocumentString<TasksQuery, TasksQueryVariables>;
export const CreateConversationDocument = new TypedDocumentString(`
    mutation CreateConversation($input: CreateConversationInput!) {
  createConversation(input: $input) {
    conversation {
      id
      title
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<CreateConversationMutation, CreateConversationMutationVariables>;
export const SendMessageDocument = new TypedDocumentString(`
    mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    message {
      id
      content
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const NewMessageDocument = new TypedDocumentString(`
    subscription NewMessage($conversationId: ID!, $after: Cursor) {
  newMessage(conversationId: $conversationId, after: $after) {
    id
    cursor
    at
    message {
      id
      content
      createdAt
      author {
        id
        name
      }
      replyTo {
        id
        content
      }
    }
  }
}
    `) as unknown as TypedDocumentString<NewMessageSubscription, NewMessageSubscriptionVariables>;