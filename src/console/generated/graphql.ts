/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Input of acceptOffer. */
export type AcceptOfferInput = {
  /** The version it is believed to have; CONFLICT when it is another one by now. Pass it, so that no amount is accepted that you have not seen. */
  expectedVersion?: number | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** The offer. */
  offerId: string;
};

/** What somebody achieved. */
export type Achievement =
  /** Nothing in their inbox is unread. */
  | 'INBOX_CLEARED'
  /** They finished the last task of a project. */
  | 'PROJECT_DONE'
  /** They finished a task. */
  | 'TASK_DONE';

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

/** Input of addParticipant. */
export type AddParticipantInput = {
  /** Id or externalId of the conversation. */
  conversationId: string;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** What they may do in it. */
  role?: TopicRole | null | undefined;
  /** Id of the person. */
  userId: string;
};

/** How a front end shows an alert. */
export type AlertStyle =
  /** A number, nothing that moves. */
  | 'BADGE'
  /** No alerts are shown; the inbox fills all the same. */
  | 'NONE'
  /** A line and a sound. */
  | 'SOUND'
  /** A line that goes by itself. */
  | 'TOAST';

/** Input of assignTask. */
export type AssignTaskInput = {
  /** An active member of the project, guests included; null: nobody’s. Not to be left out. */
  assigneeId?: string | null | undefined;
  /** Refuse with CONFLICT when the task is at another version; absent: do it anyway. */
  expectedVersion?: number | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** The task. */
  taskId: string;
};

/** A file that is kept by another application. */
export type AttachmentInput = {
  /** Its id in that application, 1 to 255 characters. */
  externalFileId: string;
  /** What to call it, one line of at most 255 characters. */
  label?: string | null | undefined;
};

/** What changed about your attention. */
export type AttentionChange =
  /** The focus ended. */
  | 'FOCUS_ENDED'
  /** The focus ends soon. */
  | 'FOCUS_ENDING'
  /** A focus began. */
  | 'FOCUS_STARTED'
  /** How much they want to hear of a place. */
  | 'FOLLOWS'
  /** Everything was paused. */
  | 'PAUSED'
  /** The pause ended. */
  | 'RESUMED'
  /** The rules. */
  | 'RULES'
  /** The settings. */
  | 'SETTINGS';

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

/** What comes through focus, quiet hours and batches. */
export type BreakThroughInput = {
  /** So many alerts a day, at most 100; 0: none. */
  perDay: number;
  /** The reasons. */
  reasons: Array<NotificationReason>;
};

/** Whether what you finish is celebrated. */
export type Celebrations =
  /** A sentence, and whatever the front end does to celebrate; nothing that moves for who wants none. */
  | 'FULL'
  /** None. */
  | 'OFF'
  /** A sentence. */
  | 'SUBTLE';

/** Who may read a page. */
export type ContentStatus =
  /** Its authors only. */
  | 'DRAFT'
  /** Everybody in the workspace. */
  | 'PUBLISHED';

/** What a conversation is for. */
export type ConversationKind =
  /** Of two people, who have one; nobody joins or leaves it. */
  | 'DIRECT'
  /** Of any number of people. */
  | 'GROUP'
  /** About something in particular, such as an offer. */
  | 'TALK';

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

/** Input of createOffer. */
export type CreateOfferInput = {
  /** How much. */
  amount: MoneyInput;
  /** Id or externalId of the conversation. */
  conversationId: string;
  /** Until when it can be accepted, a moment to come; absent: for ever. */
  expiresAt?: string | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Another participant; absent: the other one of a conversation of two. */
  recipientId?: string | null | undefined;
  /** What it is about, one line of at most TITLE_MAX_CHARS (200). Everybody in the conversation reads it. */
  title: string;
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

/** Input of deleteMessage. */
export type DeleteMessageInput = {
  /** Refuse with CONFLICT when the message is at another version; absent: do it anyway. */
  expectedVersion?: number | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** The message. */
  messageId: string;
};

/** What became of a decision. */
export type DeliveryState =
  /** Waited, and was dropped for the reason that is given. */
  | 'CANCELLED'
  /** Waits, and is counted. */
  | 'HELD'
  /** Waited, and was told. */
  | 'RELEASED'
  /** Told at once. */
  | 'SENT'
  /** Not told, for the reason that is given. */
  | 'SKIPPED';

/** How often the digest by e-mail goes out. */
export type DigestCadence =
  /** Every day, at the chosen time. */
  | 'DAILY'
  /** At every full hour of the person’s own time. */
  | 'HOURLY'
  /** No digest. */
  | 'OFF'
  /** Once a week, on the chosen day at the chosen time. */
  | 'WEEKLY';

/** When the digest by e-mail goes out. What is absent stays. */
export type DigestInput = {
  /** How often; OFF: never. */
  cadence?: DigestCadence | null | undefined;
  /** Local time of a daily or weekly one, `08:00`. */
  time?: string | null | undefined;
  /** Day of a weekly one. */
  weekday?: Weekday | null | undefined;
};

/** Input of editMessage. */
export type EditMessageInput = {
  /** Plain text of 1 to MESSAGE_MAX_CHARS characters (5000). Absent: it stays. */
  content?: string | null | undefined;
  /** Refuse with CONFLICT when the message is at another version; absent: do it anyway. */
  expectedVersion?: number | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Ids of participants, at most 50; each is told once. Replaces those before; absent: they stay. */
  mentions?: Array<string> | null | undefined;
  /** The message. */
  messageId: string;
};

/** Input of endFocus. */
export type EndFocusInput = {
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
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

/** Input of leaveConversation. */
export type LeaveConversationInput = {
  /** Id or externalId of the conversation. */
  conversationId: string;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
};

/** Input of markConversationRead. */
export type MarkConversationReadInput = {
  /** Id or externalId of the conversation. */
  conversationId: string;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** The last message that was read; absent: the newest. */
  upTo?: string | null | undefined;
};

/** An amount of money, exactly. */
export type MoneyInput = {
  /** Code of ISO 4217, in capitals: EUR. */
  currency: string;
  /** Whole units of the smallest coin, zero or more: 1250 is 12.50 dollars, or 1250 yen. */
  minorUnits: number;
};

/** What you can do to your notifications. */
export type NotificationAction =
  /** You have finished with it. Also read; it comes back when more happens. */
  | 'DONE'
  /** You know what it says. Also seen. */
  | 'READ'
  /** You had it before your eyes; it stays unread. */
  | 'SEEN'
  /** You put it away until a time: it is not counted as unread, and comes back unread then, or as soon as something in it is meant for you in person. */
  | 'SNOOZE'
  /** You have not finished with it after all. */
  | 'UNDONE'
  /** You want to come back to it. It is no longer done. */
  | 'UNREAD'
  /** You want it back now. */
  | 'UNSNOOZE';

/** What was done to notifications. */
export type NotificationChange =
  /** You have finished with it. Also read; it comes back when more happens. */
  | 'DONE'
  /** What they were about is gone. */
  | 'EXPIRE'
  /** You know what it says. Also seen. */
  | 'READ'
  /** You had it before your eyes; it stays unread. */
  | 'SEEN'
  /** You put it away until a time: it is not counted as unread, and comes back unread then, or as soon as something in it is meant for you in person. */
  | 'SNOOZE'
  /** You took a change back. */
  | 'UNDO'
  /** You have not finished with it after all. */
  | 'UNDONE'
  /** You want to come back to it. It is no longer done. */
  | 'UNREAD'
  /** You want it back now. */
  | 'UNSNOOZE';

/** A way of telling somebody. */
export type NotificationChannel =
  /** What interrupts: a toast, a sound, a number that changes. */
  | 'ALERT'
  /** The digest by e-mail. */
  | 'EMAIL'
  /** The row in the inbox; data, at once, always. */
  | 'INBOX';

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

/** What can be done with an offer. */
export type OfferMove =
  /** Take the amount on the table: `acceptOffer`. */
  | 'ACCEPT'
  /** Name another amount: `updateOffer` with COUNTERED. */
  | 'COUNTER'
  /** Turn it down: `updateOffer` with DECLINED. */
  | 'DECLINE'
  /** What the clock does; nobody else. */
  | 'EXPIRE'
  /** Take it back: `updateOffer` with WITHDRAWN. */
  | 'WITHDRAW';

/** What has become of an offer. */
export type OfferStatus =
  /** The amount on the table was accepted. It is over. */
  | 'ACCEPTED'
  /** Another amount was named; it waits for the other side. */
  | 'COUNTERED'
  /** It was turned down. It is over. */
  | 'DECLINED'
  /** Nobody accepted it in time. It is over. */
  | 'EXPIRED'
  /** It was made and waits for whom it was made to. */
  | 'PENDING'
  /** Whoever named the amount took it back. It is over. */
  | 'WITHDRAWN';

/** What `updateOffer` makes of an offer. */
export type OfferUpdate =
  /** Name another amount, as the one who is to answer. */
  | 'COUNTERED'
  /** Turn it down, as the one who is to answer. */
  | 'DECLINED'
  /** Take it back, as the one who named the amount on the table. */
  | 'WITHDRAWN';

/** Whether somebody is there. */
export type PresenceStatus =
  /** The last device is gone. */
  | 'OFFLINE'
  /** At least one device is connected. */
  | 'ONLINE';

/** A span of every week in which alerts wait. */
export type QuietWindowInput = {
  /** The days on which it begins. */
  days: Array<Weekday>;
  /** Local time, `22:00`. */
  from: string;
  /** Local time, `07:00`; not after `from`: on the following day. The same: 24 hours. */
  to: string;
};

/** Input of rateContent. */
export type RateContentInput = {
  /** Id or externalId of the page. */
  contentId: string;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** From 1 to 5. */
  value: number;
};

/** What brought a release about. */
export type ReleaseCause =
  /** The person asked for it. */
  | 'ASKED'
  /** One of the batch times came. */
  | 'BATCH_TIME'
  /** The focus ended. */
  | 'FOCUS_ENDED'
  /** The quiet hours ended. */
  | 'QUIET_ENDED'
  /** A pause ended. */
  | 'RESUMED'
  /** Settings, rules or follows changed, and nothing holds them any more. */
  | 'SETTINGS_CHANGED'
  /** The person finished a task. */
  | 'TASK_DONE'
  /** The person stopped a timer. */
  | 'TIMER_STOPPED';

/** Input of releaseHeld. */
export type ReleaseHeldInput = {
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
};

/** Input of removeMember. */
export type RemoveMemberInput = {
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** PROJECT, CONTENT or CONVERSATION; needed only where `topicId` is an externalId. */
  kind?: TopicKind | null | undefined;
  /** Id of the project, page or conversation; with `kind` also its externalId. */
  topicId: string;
  /** Id of the person. */
  userId: string;
};

/** Input of removeParticipant. */
export type RemoveParticipantInput = {
  /** Id or externalId of the conversation. */
  conversationId: string;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Id of the person. */
  userId: string;
};

/** Input of resetRules. */
export type ResetRulesInput = {
  /** Only of this channel. */
  channel?: NotificationChannel | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Only these, at most 100. */
  ids?: Array<string> | null | undefined;
  /** Only of this place. */
  topic?: TopicRef | null | undefined;
  /** The workspace’s; absent: yours. */
  workspace?: boolean | null | undefined;
};

/** What a rule says. */
export type RuleValue =
  /** Of ALERT: wait for the next batch time. */
  | 'BATCH'
  /** Of EMAIL: put it into the digest. */
  | 'DIGEST'
  /** Of every channel: do not tell. */
  | 'OFF'
  /** Of INBOX and ALERT: tell. Of an alert of your own rule: do not wait for a batch. */
  | 'ON';

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

/** Input of setRule. */
export type SetRuleInput = {
  /** The channel. */
  channel: NotificationChannel;
  /** Only this kind of event; absent: all. */
  eventType?: EventType | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Nobody can choose otherwise; only of the workspace. */
  mandatory?: boolean | null | undefined;
  /** Only this reason; absent: all. */
  reason?: NotificationReason | null | undefined;
  /** Only this project, page or conversation. */
  topic?: TopicRef | null | undefined;
  /** When it ends; absent: when it is changed. */
  until?: string | null | undefined;
  /** What it says; not every channel has every value. */
  value: RuleValue;
  /** For everybody; absent: for you. */
  workspace?: boolean | null | undefined;
};

/** Input of setTyping. */
export type SetTypingInput = {
  /** A topic they may read. */
  topic: TopicRef;
  /** Whether they type. */
  typing: boolean;
};

/** Input of startFocus. */
export type StartFocusInput = {
  /** Reasons that come through. */
  allowReasons?: Array<NotificationReason> | null | undefined;
  /** Projects, pages and conversations that come through, at most 100. */
  allowTopics?: Array<TopicRef> | null | undefined;
  /** How long before its end it is announced with `AttentionChanged`; absent: 2; 0: it is not. */
  headsUpMinutes?: number | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** How long, from 1 to 720. */
  minutes: number;
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

/** Input of toggleReaction. */
export type ToggleReactionInput = {
  /** One emoji. A message has at most MESSAGE_MAX_REACTIONS different ones (20). */
  emoji: string;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** The message. */
  messageId: string;
  /** Whether it is to be there afterwards, so that doing it again changes nothing; absent: the other way round. */
  on?: boolean | null | undefined;
};

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

/** Input of undo. */
export type UndoInput = {
  /** From the answer, or the change in `inbox`. */
  changeId: string;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
};

/** Input of updateAttention. */
export type UpdateAttentionInput = {
  /** How alerts are shown. */
  alertStyle?: AlertStyle | null | undefined;
  /** Local times at which what was gathered is told, at most 24; empty: alerts come at once. */
  batchTimes?: Array<string> | null | undefined;
  /** What does not wait. */
  breakThrough?: BreakThroughInput | null | undefined;
  /** Whether what you finish is celebrated. */
  celebrations?: Celebrations | null | undefined;
  /** When the digest by e-mail goes out. */
  digest?: DigestInput | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Settings to begin with. */
  preset?: AttentionPreset | null | undefined;
  /** When alerts wait, at most 24; empty: never. */
  quietWindows?: Array<QuietWindowInput> | null | undefined;
  /** How many minutes before a task of yours is due you are reminded; at most 5, up to 40320; empty: never. */
  remindMinutes?: Array<number> | null | undefined;
  /** IANA name of your time zone, `Europe/Warsaw`. */
  timeZone?: string | null | undefined;
};

/** Input of updateNotifications. */
export type UpdateNotificationsInput = {
  /** What to do. */
  action: NotificationAction;
  /** Which; any number. Either this or `ids`. */
  filter?: NotificationFilter | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** Which, at most 100; NOT_FOUND when one is not yours. Either this or `filter`. */
  ids?: Array<string> | null | undefined;
  /** With SNOOZE, and only then: when they come back, at most a year ahead. */
  until?: string | null | undefined;
};

/** Input of updateOffer. */
export type UpdateOfferInput = {
  /** The other amount, with COUNTERED. */
  amount?: MoneyInput | null | undefined;
  /** The version it is believed to have; CONFLICT when it is another one by now. */
  expectedVersion?: number | null | undefined;
  /** With COUNTERED. Until when it can be accepted, a moment to come; null: for ever; absent: as it was. */
  expiresAt?: string | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** The offer. */
  offerId: string;
  /** What it is to become. */
  status: OfferUpdate;
};

/** Input of updateTask. */
export type UpdateTaskInput = {
  /** The details, at most TEXT_MAX_CHARS characters (5000); null or blank: none. */
  description?: string | null | undefined;
  /** When it is due, from 2000 to 2199; null: never. */
  dueAt?: string | null | undefined;
  /** Expected work in minutes, 0 to 100000. Only for those who may read estimates. Null: not estimated. */
  estimateMinutes?: number | null | undefined;
  /** Refuse with CONFLICT when the task is at another version; absent: do it anyway. */
  expectedVersion?: number | null | undefined;
  /** Any text up to 200 characters that is unique for this intent of yours. A retry with the same key and input gets the same answer and does nothing twice. */
  idempotencyKey?: string | null | undefined;
  /** How urgent it is. */
  priority?: TaskPriority | null | undefined;
  /** How far it is. */
  status?: TaskStatus | null | undefined;
  /** The task. */
  taskId: string;
  /** What is to be done: one line, at most TITLE_MAX_CHARS characters (200). */
  title?: string | null | undefined;
};

/** A day of the week. */
export type Weekday =
  /** Friday. */
  | 'FRIDAY'
  /** Monday, the first of the week (ISO 8601). */
  | 'MONDAY'
  /** Saturday. */
  | 'SATURDAY'
  /** Sunday. */
  | 'SUNDAY'
  /** Thursday. */
  | 'THURSDAY'
  /** Tuesday. */
  | 'TUESDAY'
  /** Wednesday. */
  | 'WEDNESDAY';

/** What a person may do in their workspace. */
export type WorkspaceRole =
  /** Manages people and settings; reads private topics only as their member. */
  | 'ADMIN'
  /** A program acting on its own behalf. */
  | 'BOT'
  /** Sees the topics they were added to. */
  | 'GUEST'
  /** Works in the workspace and may create projects. */
  | 'MEMBER';

export type ArticleQueryVariables = Exact<{
  contentId: string;
}>;


export type ArticleQuery = { content: { id: string, title: string, body: string, version: number, status: ContentStatus, viewerRole: TopicRole | null, headCursor: string | null, rating: { average: number | null, count: number, mine: number | null }, comments: { nodes: Array<{ id: string, text: string | null, deletedAt: string | null, createdAt: string, author: { id: string, name: string }, replyTo: { id: string } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null } } } | null };

export type AddCommentMutationVariables = Exact<{
  input: AddCommentInput;
}>;


export type AddCommentMutation = { addComment: { eventCursor: string | null, comment: { id: string, text: string | null } } };

export type RateContentMutationVariables = Exact<{
  input: RateContentInput;
}>;


export type RateContentMutation = { rateContent: { eventCursor: string | null, content: { id: string, rating: { average: number | null, count: number, mine: number | null } } | null } };

export type AttentionQueryVariables = Exact<{ [key: string]: never; }>;


export type AttentionQuery = { attention: { preset: AttentionPreset, presetInWords: string, chosen: boolean, state: AttentionState, stateUntil: string | null, held: number, nextReleaseAt: string | null, timeZone: string, batchTimes: Array<string>, version: number, quietWindows: Array<{ days: Array<Weekday>, from: string, to: string }>, focus: { startedAt: string, until: string } | null } };

export type DeliveriesQueryVariables = Exact<{ [key: string]: never; }>;


export type DeliveriesQuery = { deliveries: { nodes: Array<{ id: string, state: DeliveryState, decidedAt: string, sentAt: string | null, dueAt: string | null, sentence: string }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null } } };

export type EffectiveQueryVariables = Exact<{
  reason: NotificationReason;
}>;


export type EffectiveQuery = { effective: { value: RuleValue, sentence: string } };

export type PreviewDigestQueryVariables = Exact<{ [key: string]: never; }>;


export type PreviewDigestQuery = { previewDigest: { subject: string, count: number, html: string } | null };

export type UpdateAttentionMutationVariables = Exact<{
  input: UpdateAttentionInput;
}>;


export type UpdateAttentionMutation = { updateAttention: { released: number, attention: { preset: AttentionPreset, presetInWords: string, chosen: boolean, state: AttentionState, stateUntil: string | null, held: number, nextReleaseAt: string | null, timeZone: string, batchTimes: Array<string>, version: number, quietWindows: Array<{ days: Array<Weekday>, from: string, to: string }>, focus: { startedAt: string, until: string } | null } } };

export type StartFocusMutationVariables = Exact<{
  input: StartFocusInput;
}>;


export type StartFocusMutation = { startFocus: { attention: { version: number, state: AttentionState, stateUntil: string | null, held: number, focus: { startedAt: string, until: string } | null } } };

export type EndFocusMutationVariables = Exact<{
  input: EndFocusInput;
}>;


export type EndFocusMutation = { endFocus: { attention: { version: number, state: AttentionState, stateUntil: string | null, held: number, focus: { startedAt: string, until: string } | null } } };

export type ReleaseHeldMutationVariables = Exact<{
  input: ReleaseHeldInput;
}>;


export type ReleaseHeldMutation = { releaseHeld: { released: number } };

export type SetRuleMutationVariables = Exact<{
  input: SetRuleInput;
}>;


export type SetRuleMutation = { setRule: { rule: { id: string, value: RuleValue } | null } };

export type ResetRulesMutationVariables = Exact<{
  input: ResetRulesInput;
}>;


export type ResetRulesMutation = { resetRules: { eventCursor: string | null } };

export type CreateConversationMutationVariables = Exact<{
  input: CreateConversationInput;
}>;


export type CreateConversationMutation = { createConversation: { eventCursor: string | null, conversation: { id: string, title: string | null } | null } };

export type RemoveMemberMutationVariables = Exact<{
  input: RemoveMemberInput;
}>;


export type RemoveMemberMutation = { removeMember: { topicId: string, eventCursor: string | null } };

export type AddMemberMutationVariables = Exact<{
  input: AddMemberInput;
}>;


export type AddMemberMutation = { addMember: { topicId: string, eventCursor: string | null } };

export type ConversationQueryVariables = Exact<{
  conversationId: string;
}>;


export type ConversationQuery = { conversation: { id: string, title: string | null, kind: ConversationKind, headCursor: string | null, viewerRole: TopicRole | null, participants: { nodes: Array<{ role: TopicRole, user: { id: string, name: string }, lastReadMessage: { id: string } | null }> } | null, messages: { nodes: Array<{ id: string, content: string | null, deletedAt: string | null, isEdited: boolean, createdAt: string, author: { id: string, name: string }, reactions: Array<{ emoji: string, count: number, viewerHas: boolean }> }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null } }, offers: { nodes: Array<{ id: string, title: string, status: OfferStatus, version: number, allowedMoves: Array<OfferMove>, expiresAt: string | null, amount: { minorUnits: number, currency: string } | null, sender: { id: string, name: string }, recipient: { id: string, name: string }, proposer: { id: string, name: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null } } } | null };

export type TypingSignalsSubscriptionVariables = Exact<{
  topics: Array<TopicRef> | TopicRef;
}>;


export type TypingSignalsSubscription = { signals:
    | { __typename: 'AccessLost', topicId: string }
    | { __typename: 'PresenceSignal' }
    | { __typename: 'TypingSignal', typing: boolean, expiresAt: string, user: { id: string, name: string } | null }
    | { __typename: 'ViewingSignal' }
   };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { eventCursor: string | null, message: { id: string, content: string | null } } };

export type SetTypingMutationVariables = Exact<{
  input: SetTypingInput;
}>;


export type SetTypingMutation = { setTyping: { expiresAt: string } };

export type ToggleReactionMutationVariables = Exact<{
  input: ToggleReactionInput;
}>;


export type ToggleReactionMutation = { toggleReaction: { eventCursor: string | null, message: { id: string, reactions: Array<{ emoji: string, count: number, viewerHas: boolean }> } } };

export type MarkConversationReadMutationVariables = Exact<{
  input: MarkConversationReadInput;
}>;


export type MarkConversationReadMutation = { markConversationRead: { conversation: { id: string, unreadCount: number } | null } };

export type CreateOfferMutationVariables = Exact<{
  input: CreateOfferInput;
}>;


export type CreateOfferMutation = { createOffer: { eventCursor: string | null, offer: { id: string, title: string } } };

export type AcceptOfferMutationVariables = Exact<{
  input: AcceptOfferInput;
}>;


export type AcceptOfferMutation = { acceptOffer: { eventCursor: string | null, offer: { id: string, status: OfferStatus, version: number, allowedMoves: Array<OfferMove> } } };

export type UpdateOfferMutationVariables = Exact<{
  input: UpdateOfferInput;
}>;


export type UpdateOfferMutation = { updateOffer: { eventCursor: string | null, offer: { id: string, status: OfferStatus, version: number, allowedMoves: Array<OfferMove>, amount: { minorUnits: number, currency: string } | null } } };

export type EventsSubscriptionVariables = Exact<{
  topics: Array<TopicRef> | TopicRef;
  after?: Array<string> | string | null | undefined;
}>;


export type EventsSubscription = { events:
    | { __typename: 'AccessLost', topicId: string }
    | { __typename: 'AchievementEarned', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'Checkpoint', cursors: Array<{ topic: string, cursor: string }> }
    | { __typename: 'CommentAdded', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, comment: { id: string, text: string | null, deletedAt: string | null, createdAt: string, author: { id: string, name: string }, replyTo: { id: string } | null }, content: { id: string, title: string, body: string, version: number, status: ContentStatus } }
    | { __typename: 'CommentDeleted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, comment: { id: string, text: string | null, deletedAt: string | null } }
    | { __typename: 'CommentEdited', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, comment: { id: string, text: string | null } }
    | { __typename: 'ContentCreated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, content: { id: string, title: string, body: string, version: number, status: ContentStatus } }
    | { __typename: 'ContentDeleted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, content: { id: string, title: string, body: string, version: number, status: ContentStatus } }
    | { __typename: 'ContentPublished', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, content: { id: string, title: string, body: string, version: number, status: ContentStatus } }
    | { __typename: 'ContentUnpublished', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, content: { id: string, title: string, body: string, version: number, status: ContentStatus } }
    | { __typename: 'ContentUpdated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, content: { id: string, title: string, body: string, version: number, status: ContentStatus } }
    | { __typename: 'ConversationCreated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ExternalEvent', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'MemberAdded', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, user: { id: string, name: string } }
    | { __typename: 'MemberRemoved', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, user: { id: string, name: string } }
    | { __typename: 'MemberRoleChanged', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'MessageDeleted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, message: { id: string, content: string | null, deletedAt: string | null } }
    | { __typename: 'MessageEdited', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, message: { id: string, content: string | null, isEdited: boolean } }
    | { __typename: 'MessageSent', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, message: { id: string, content: string | null, deletedAt: string | null, isEdited: boolean, createdAt: string, author: { id: string, name: string }, reactions: Array<{ emoji: string, count: number, viewerHas: boolean }> } }
    | { __typename: 'MessagesRead', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, positions: Array<{ userId: string, messageId: string }> }
    | { __typename: 'OfferAccepted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, offer: { id: string, status: OfferStatus, version: number, allowedMoves: Array<OfferMove> } }
    | { __typename: 'OfferCreated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, offer: { id: string, title: string, status: OfferStatus, version: number, allowedMoves: Array<OfferMove>, expiresAt: string | null, amount: { minorUnits: number, currency: string } | null, sender: { id: string, name: string }, recipient: { id: string, name: string }, proposer: { id: string, name: string } } }
    | { __typename: 'OfferUpdated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, offer: { id: string, status: OfferStatus, version: number, allowedMoves: Array<OfferMove>, expiresAt: string | null, amount: { minorUnits: number, currency: string } | null, proposer: { id: string, name: string } } }
    | { __typename: 'ProjectCreated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ProjectDeleted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'ProjectUpdated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'RatingAdded', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, content: { id: string, title: string, body: string, version: number, status: ContentStatus, rating: { average: number | null, count: number, mine: number | null } } }
    | { __typename: 'ReactionChanged', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, message: { id: string, reactions: Array<{ emoji: string, count: number, viewerHas: boolean }> } }
    | { __typename: 'TaskAssigned', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null } }
    | { __typename: 'TaskCommented', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null } }
    | { __typename: 'TaskCreated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null } }
    | { __typename: 'TaskDeleted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null } }
    | { __typename: 'TaskDueSoon', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null }
    | { __typename: 'TaskUpdated', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null } }
    | { __typename: 'TimeStarted', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null } }
    | { __typename: 'TimeStopped', id: string, cursor: string, type: EventType, at: string, topic: { id: string, kind: TopicKind }, actor: { id: string, name: string } | null, task: { id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null } }
   };

export type InboxQueryVariables = Exact<{ [key: string]: never; }>;


export type InboxQuery = { notifications: { headCursor: string, nodes: Array<{ id: string, title: string, type: EventType, reason: NotificationReason, count: number, state: NotificationState, updatedAt: string, topic: { id: string, kind: TopicKind } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null }, counts: { unread: number, total: number, snoozed: number, done: number } } };

export type InboxChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type InboxChangesSubscription = { inbox:
    | { __typename: 'AttentionChanged', change: AttentionChange, id: string, cursor: string, at: string, attention: { preset: AttentionPreset, presetInWords: string, chosen: boolean, state: AttentionState, stateUntil: string | null, held: number, nextReleaseAt: string | null, timeZone: string, batchTimes: Array<string>, version: number, quietWindows: Array<{ days: Array<Weekday>, from: string, to: string }>, focus: { startedAt: string, until: string } | null }, counts: { unread: number, total: number, snoozed: number, done: number } }
    | { __typename: 'BatchReleased', alert: boolean, count: number, summary: string, cause: ReleaseCause, id: string, cursor: string, at: string, counts: { unread: number, total: number, snoozed: number, done: number } }
    | { __typename: 'NotificationUpserted', alert: boolean, id: string, cursor: string, at: string, notification: { id: string, title: string, type: EventType, reason: NotificationReason, count: number, state: NotificationState, updatedAt: string, topic: { id: string, kind: TopicKind } | null } | null, counts: { unread: number, total: number, snoozed: number, done: number } }
    | { __typename: 'NotificationsChanged', action: NotificationChange, id: string, cursor: string, at: string, notifications: Array<{ id: string, state: NotificationState }>, counts: { unread: number, total: number, snoozed: number, done: number } }
   };

export type WhyQueryVariables = Exact<{
  id: string;
}>;


export type WhyQuery = { notification: { id: string, why: Array<{ id: string, channel: NotificationChannel, state: DeliveryState, sentence: string, decidedAt: string, dueAt: string | null }> } };

export type UpdateNotificationsMutationVariables = Exact<{
  input: UpdateNotificationsInput;
}>;


export type UpdateNotificationsMutation = { updateNotifications: { changeId: string | null, changed: number, eventCursor: string | null, counts: { unread: number, total: number, snoozed: number, done: number } } };

export type UndoMutationVariables = Exact<{
  input: UndoInput;
}>;


export type UndoMutation = { undo: { changed: number, eventCursor: string | null, counts: { unread: number, total: number, snoozed: number, done: number } } };

export type PlacesQueryVariables = Exact<{ [key: string]: never; }>;


export type PlacesQuery = { me: { id: string, name: string, externalId: string, role: WorkspaceRole }, projects: { nodes: Array<{ id: string, externalId: string | null, name: string }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean } }, contents: { nodes: Array<{ id: string, externalId: string | null, title: string, status: ContentStatus }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean } }, conversations: { nodes: Array<{ id: string, externalId: string | null, title: string | null, kind: ConversationKind }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean } } };

export type SessionQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionQuery = { session: { id: string, instanceId: string, serverTime: string, tokenExpiresAt: string | null, limits: Array<{ name: string, limit: number, remaining: number, resetAt: string | null }> } };

export type AchievementsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type AchievementsSubscription = { events:
    | { __typename: 'AccessLost', topicId: string }
    | { __typename: 'AchievementEarned', id: string, cursor: string, type: EventType, at: string, achievement: Achievement, style: Celebrations, finishedTask: { id: string, title: string } | null, finishedProject: { id: string, name: string } | null }
    | { __typename: 'Checkpoint' }
    | { __typename: 'CommentAdded' }
    | { __typename: 'CommentDeleted' }
    | { __typename: 'CommentEdited' }
    | { __typename: 'ContentCreated' }
    | { __typename: 'ContentDeleted' }
    | { __typename: 'ContentPublished' }
    | { __typename: 'ContentUnpublished' }
    | { __typename: 'ContentUpdated' }
    | { __typename: 'ConversationCreated' }
    | { __typename: 'ExternalEvent' }
    | { __typename: 'MemberAdded' }
    | { __typename: 'MemberRemoved' }
    | { __typename: 'MemberRoleChanged' }
    | { __typename: 'MessageDeleted' }
    | { __typename: 'MessageEdited' }
    | { __typename: 'MessageSent' }
    | { __typename: 'MessagesRead' }
    | { __typename: 'OfferAccepted' }
    | { __typename: 'OfferCreated' }
    | { __typename: 'OfferUpdated' }
    | { __typename: 'ProjectCreated' }
    | { __typename: 'ProjectDeleted' }
    | { __typename: 'ProjectUpdated' }
    | { __typename: 'RatingAdded' }
    | { __typename: 'ReactionChanged' }
    | { __typename: 'TaskAssigned' }
    | { __typename: 'TaskCommented' }
    | { __typename: 'TaskCreated' }
    | { __typename: 'TaskDeleted' }
    | { __typename: 'TaskDueSoon' }
    | { __typename: 'TaskUpdated' }
    | { __typename: 'TimeStarted' }
    | { __typename: 'TimeStopped' }
   };

export type ScenarioPeopleQueryVariables = Exact<{ [key: string]: never; }>;


export type ScenarioPeopleQuery = { users: { nodes: Array<{ id: string, externalId: string, name: string }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean } } };

export type ScenarioPresenceQueryVariables = Exact<{
  userIds: Array<string> | string;
}>;


export type ScenarioPresenceQuery = { presence: Array<{ online: boolean | null, devices: number, user: { id: string } }> };

export type ScenarioEventsSubscriptionVariables = Exact<{
  topics: Array<TopicRef> | TopicRef;
}>;


export type ScenarioEventsSubscription = { events:
    | { __typename: 'AccessLost', topicId: string }
    | { __typename: 'AchievementEarned', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'Checkpoint' }
    | { __typename: 'CommentAdded', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'CommentDeleted', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'CommentEdited', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ContentCreated', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ContentDeleted', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ContentPublished', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ContentUnpublished', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ContentUpdated', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ConversationCreated', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ExternalEvent', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'MemberAdded', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null, user: { id: string } }
    | { __typename: 'MemberRemoved', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null, user: { id: string } }
    | { __typename: 'MemberRoleChanged', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'MessageDeleted', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null, message: { id: string, content: string | null, isEdited: boolean, deletedAt: string | null, author: { id: string } } }
    | { __typename: 'MessageEdited', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null, message: { id: string, content: string | null, isEdited: boolean, deletedAt: string | null, author: { id: string } } }
    | { __typename: 'MessageSent', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null, message: { id: string, content: string | null, isEdited: boolean, deletedAt: string | null, author: { id: string } } }
    | { __typename: 'MessagesRead', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'OfferAccepted', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'OfferCreated', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'OfferUpdated', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ProjectCreated', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ProjectDeleted', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ProjectUpdated', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'RatingAdded', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'ReactionChanged', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null, message: { id: string, content: string | null, isEdited: boolean, deletedAt: string | null, author: { id: string } } }
    | { __typename: 'TaskAssigned', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'TaskCommented', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'TaskCreated', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'TaskDeleted', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'TaskDueSoon', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'TaskUpdated', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'TimeStarted', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
    | { __typename: 'TimeStopped', id: string, cursor: string, topic: { id: string }, actor: { id: string } | null }
   };

export type ScenarioSignalsSubscriptionVariables = Exact<{
  topics: Array<TopicRef> | TopicRef;
}>;


export type ScenarioSignalsSubscription = { signals:
    | { __typename: 'AccessLost' }
    | { __typename: 'PresenceSignal', status: PresenceStatus, topicId: string, userId: string | null }
    | { __typename: 'TypingSignal' }
    | { __typename: 'ViewingSignal' }
   };

export type ScenarioInboxSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ScenarioInboxSubscription = { inbox:
    | { __typename: 'AttentionChanged' }
    | { __typename: 'BatchReleased' }
    | { __typename: 'NotificationUpserted', notification: { id: string, reason: NotificationReason, topic: { id: string } | null } | null }
    | { __typename: 'NotificationsChanged' }
   };

export type EditMessageMutationVariables = Exact<{
  input: EditMessageInput;
}>;


export type EditMessageMutation = { editMessage: { eventCursor: string | null, message: { id: string, content: string | null, isEdited: boolean } } };

export type DeleteMessageMutationVariables = Exact<{
  input: DeleteMessageInput;
}>;


export type DeleteMessageMutation = { deleteMessage: { eventCursor: string | null, message: { id: string, content: string | null, deletedAt: string | null } } };

export type AddParticipantMutationVariables = Exact<{
  input: AddParticipantInput;
}>;


export type AddParticipantMutation = { addParticipant: { eventCursor: string | null } };

export type RemoveParticipantMutationVariables = Exact<{
  input: RemoveParticipantInput;
}>;


export type RemoveParticipantMutation = { removeParticipant: { eventCursor: string | null } };

export type ScenarioMessagesQueryVariables = Exact<{
  conversationId: string;
}>;


export type ScenarioMessagesQuery = { messages: { nodes: Array<{ id: string, content: string | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean } } };

export type SyncQueryVariables = Exact<{
  topics: Array<TopicRef> | TopicRef;
  since: Array<string> | string;
}>;


export type SyncQuery = { sync: { hasMore: boolean, items: Array<
      | { __typename: 'AccessLost' }
      | { __typename: 'AchievementEarned' }
      | { __typename: 'Checkpoint' }
      | { __typename: 'CommentAdded' }
      | { __typename: 'CommentDeleted' }
      | { __typename: 'CommentEdited' }
      | { __typename: 'ContentCreated' }
      | { __typename: 'ContentDeleted' }
      | { __typename: 'ContentPublished' }
      | { __typename: 'ContentUnpublished' }
      | { __typename: 'ContentUpdated' }
      | { __typename: 'ConversationCreated' }
      | { __typename: 'ExternalEvent' }
      | { __typename: 'MemberAdded' }
      | { __typename: 'MemberRemoved' }
      | { __typename: 'MemberRoleChanged' }
      | { __typename: 'MessageDeleted', message: { id: string } }
      | { __typename: 'MessageEdited', message: { id: string } }
      | { __typename: 'MessageSent', message: { id: string } }
      | { __typename: 'MessagesRead' }
      | { __typename: 'OfferAccepted' }
      | { __typename: 'OfferCreated' }
      | { __typename: 'OfferUpdated' }
      | { __typename: 'ProjectCreated' }
      | { __typename: 'ProjectDeleted' }
      | { __typename: 'ProjectUpdated' }
      | { __typename: 'RatingAdded' }
      | { __typename: 'ReactionChanged', message: { id: string } }
      | { __typename: 'TaskAssigned' }
      | { __typename: 'TaskCommented' }
      | { __typename: 'TaskCreated' }
      | { __typename: 'TaskDeleted' }
      | { __typename: 'TaskDueSoon' }
      | { __typename: 'TaskUpdated' }
      | { __typename: 'TimeStarted' }
      | { __typename: 'TimeStopped' }
    > } };

export type SessionsQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionsQuery = { sessions: Array<{ id: string, instanceId: string }> };

export type LimitsQueryVariables = Exact<{ [key: string]: never; }>;


export type LimitsQuery = { session: { limits: Array<{ name: string, limit: number, remaining: number }> } };

export type PingQueryVariables = Exact<{ [key: string]: never; }>;


export type PingQuery = { ping: { event: string, timestamp: number } };

export type HandOverMutationVariables = Exact<{
  heir: AddMemberInput;
  leave: LeaveConversationInput;
}>;


export type HandOverMutation = { addMember: { eventCursor: string | null }, leaveConversation: { eventCursor: string | null } };

export type LeaveMutationVariables = Exact<{
  leave: LeaveConversationInput;
}>;


export type LeaveMutation = { leaveConversation: { eventCursor: string | null } };

export type BoardQueryVariables = Exact<{
  projectId: string;
}>;


export type BoardQuery = { project: { id: string, name: string, viewerRole: TopicRole | null, members: { nodes: Array<{ role: TopicRole, user: { id: string, name: string } }> } | null } | null, tasks: { headCursor: string, nodes: Array<{ id: string, title: string, status: TaskStatus, priority: TaskPriority, version: number, deletedAt: string | null, assignee: { id: string, name: string } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null } } };

export type CreateTaskMutationVariables = Exact<{
  input: CreateTaskInput;
}>;


export type CreateTaskMutation = { createTask: { eventCursor: string | null, task: { id: string, title: string } } };

export type UpdateTaskMutationVariables = Exact<{
  input: UpdateTaskInput;
}>;


export type UpdateTaskMutation = { updateTask: { eventCursor: string | null, task: { id: string, title: string, status: TaskStatus, version: number } } };

export type AssignTaskMutationVariables = Exact<{
  input: AssignTaskInput;
}>;


export type AssignTaskMutation = { assignTask: { eventCursor: string | null, task: { id: string, version: number, assignee: { id: string, name: string } | null } } };

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

export const ArticleDocument = new TypedDocumentString(`
    query Article($contentId: ID!) {
  content(id: $contentId) {
    id
    title
    body
    version
    status
    viewerRole
    headCursor
    rating {
      average
      count
      mine
    }
    comments(first: 50) {
      nodes {
        id
        text
        deletedAt
        createdAt
        author {
          id
          name
        }
        replyTo {
          id
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ArticleQuery, ArticleQueryVariables>;
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
export const RateContentDocument = new TypedDocumentString(`
    mutation RateContent($input: RateContentInput!) {
  rateContent(input: $input) {
    content {
      id
      rating {
        average
        count
        mine
      }
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<RateContentMutation, RateContentMutationVariables>;
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
    quietWindows {
      days
      from
      to
    }
    focus {
      startedAt
      until
    }
  }
}
    `) as unknown as TypedDocumentString<AttentionQuery, AttentionQueryVariables>;
export const DeliveriesDocument = new TypedDocumentString(`
    query Deliveries {
  deliveries(first: 100, filter: { channels: [ALERT] }) {
    nodes {
      id
      state
      decidedAt
      sentAt
      dueAt
      sentence
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<DeliveriesQuery, DeliveriesQueryVariables>;
export const EffectiveDocument = new TypedDocumentString(`
    query Effective($reason: NotificationReason!) {
  effective(channel: ALERT, reason: $reason) {
    value
    sentence
  }
}
    `) as unknown as TypedDocumentString<EffectiveQuery, EffectiveQueryVariables>;
export const PreviewDigestDocument = new TypedDocumentString(`
    query PreviewDigest {
  previewDigest {
    subject
    count
    html
  }
}
    `) as unknown as TypedDocumentString<PreviewDigestQuery, PreviewDigestQueryVariables>;
export const UpdateAttentionDocument = new TypedDocumentString(`
    mutation UpdateAttention($input: UpdateAttentionInput!) {
  updateAttention(input: $input) {
    released
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
      quietWindows {
        days
        from
        to
      }
      focus {
        startedAt
        until
      }
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateAttentionMutation, UpdateAttentionMutationVariables>;
export const StartFocusDocument = new TypedDocumentString(`
    mutation StartFocus($input: StartFocusInput!) {
  startFocus(input: $input) {
    attention {
      version
      state
      stateUntil
      held
      focus {
        startedAt
        until
      }
    }
  }
}
    `) as unknown as TypedDocumentString<StartFocusMutation, StartFocusMutationVariables>;
export const EndFocusDocument = new TypedDocumentString(`
    mutation EndFocus($input: EndFocusInput!) {
  endFocus(input: $input) {
    attention {
      version
      state
      stateUntil
      held
      focus {
        startedAt
        until
      }
    }
  }
}
    `) as unknown as TypedDocumentString<EndFocusMutation, EndFocusMutationVariables>;
export const ReleaseHeldDocument = new TypedDocumentString(`
    mutation ReleaseHeld($input: ReleaseHeldInput!) {
  releaseHeld(input: $input) {
    released
  }
}
    `) as unknown as TypedDocumentString<ReleaseHeldMutation, ReleaseHeldMutationVariables>;
export const SetRuleDocument = new TypedDocumentString(`
    mutation SetRule($input: SetRuleInput!) {
  setRule(input: $input) {
    rule {
      id
      value
    }
  }
}
    `) as unknown as TypedDocumentString<SetRuleMutation, SetRuleMutationVariables>;
export const ResetRulesDocument = new TypedDocumentString(`
    mutation ResetRules($input: ResetRulesInput!) {
  resetRules(input: $input) {
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<ResetRulesMutation, ResetRulesMutationVariables>;
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
export const RemoveMemberDocument = new TypedDocumentString(`
    mutation RemoveMember($input: RemoveMemberInput!) {
  removeMember(input: $input) {
    topicId
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<RemoveMemberMutation, RemoveMemberMutationVariables>;
export const AddMemberDocument = new TypedDocumentString(`
    mutation AddMember($input: AddMemberInput!) {
  addMember(input: $input) {
    topicId
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<AddMemberMutation, AddMemberMutationVariables>;
export const ConversationDocument = new TypedDocumentString(`
    query Conversation($conversationId: ID!) {
  conversation(id: $conversationId) {
    id
    title
    kind
    headCursor
    viewerRole
    participants(first: 20) {
      nodes {
        role
        user {
          id
          name
        }
        lastReadMessage {
          id
        }
      }
    }
    messages(last: 40) {
      nodes {
        id
        content
        deletedAt
        isEdited
        createdAt
        author {
          id
          name
        }
        reactions {
          emoji
          count
          viewerHas
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
      }
    }
    offers(last: 5) {
      nodes {
        id
        title
        status
        version
        allowedMoves
        expiresAt
        amount {
          minorUnits
          currency
        }
        sender {
          id
          name
        }
        recipient {
          id
          name
        }
        proposer {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ConversationQuery, ConversationQueryVariables>;
export const TypingSignalsDocument = new TypedDocumentString(`
    subscription TypingSignals($topics: [TopicRef!]!) {
  signals(topics: $topics) {
    __typename
    ... on TypingSignal {
      typing
      expiresAt
      user {
        id
        name
      }
    }
    ... on AccessLost {
      topicId
    }
  }
}
    `) as unknown as TypedDocumentString<TypingSignalsSubscription, TypingSignalsSubscriptionVariables>;
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
export const SetTypingDocument = new TypedDocumentString(`
    mutation SetTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    expiresAt
  }
}
    `) as unknown as TypedDocumentString<SetTypingMutation, SetTypingMutationVariables>;
export const ToggleReactionDocument = new TypedDocumentString(`
    mutation ToggleReaction($input: ToggleReactionInput!) {
  toggleReaction(input: $input) {
    message {
      id
      reactions {
        emoji
        count
        viewerHas
      }
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<ToggleReactionMutation, ToggleReactionMutationVariables>;
export const MarkConversationReadDocument = new TypedDocumentString(`
    mutation MarkConversationRead($input: MarkConversationReadInput!) {
  markConversationRead(input: $input) {
    conversation {
      id
      unreadCount
    }
  }
}
    `) as unknown as TypedDocumentString<MarkConversationReadMutation, MarkConversationReadMutationVariables>;
export const CreateOfferDocument = new TypedDocumentString(`
    mutation CreateOffer($input: CreateOfferInput!) {
  createOffer(input: $input) {
    offer {
      id
      title
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<CreateOfferMutation, CreateOfferMutationVariables>;
export const AcceptOfferDocument = new TypedDocumentString(`
    mutation AcceptOffer($input: AcceptOfferInput!) {
  acceptOffer(input: $input) {
    offer {
      id
      status
      version
      allowedMoves
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<AcceptOfferMutation, AcceptOfferMutationVariables>;
export const UpdateOfferDocument = new TypedDocumentString(`
    mutation UpdateOffer($input: UpdateOfferInput!) {
  updateOffer(input: $input) {
    offer {
      id
      status
      version
      allowedMoves
      amount {
        minorUnits
        currency
      }
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<UpdateOfferMutation, UpdateOfferMutationVariables>;
export const EventsDocument = new TypedDocumentString(`
    subscription Events($topics: [TopicRef!]!, $after: [Cursor!]) {
  events(topics: $topics, after: $after) {
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
    ... on TaskEvent {
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
    }
    ... on CommentAdded {
      comment {
        id
        text
        deletedAt
        createdAt
        author {
          id
          name
        }
        replyTo {
          id
        }
      }
    }
    ... on CommentEdited {
      comment {
        id
        text
      }
    }
    ... on CommentDeleted {
      comment {
        id
        text
        deletedAt
      }
    }
    ... on ContentEvent {
      content {
        id
        title
        body
        version
        status
      }
    }
    ... on RatingAdded {
      content {
        id
        rating {
          average
          count
          mine
        }
      }
    }
    ... on MessageSent {
      message {
        id
        content
        deletedAt
        isEdited
        createdAt
        author {
          id
          name
        }
        reactions {
          emoji
          count
          viewerHas
        }
      }
    }
    ... on MessageEdited {
      message {
        id
        content
        isEdited
      }
    }
    ... on MessageDeleted {
      message {
        id
        content
        deletedAt
      }
    }
    ... on ReactionChanged {
      message {
        id
        reactions {
          emoji
          count
          viewerHas
        }
      }
    }
    ... on MessagesRead {
      positions {
        userId
        messageId
      }
    }
    ... on OfferCreated {
      offer {
        id
        title
        status
        version
        allowedMoves
        expiresAt
        amount {
          minorUnits
          currency
        }
        sender {
          id
          name
        }
        recipient {
          id
          name
        }
        proposer {
          id
          name
        }
      }
    }
    ... on OfferUpdated {
      offer {
        id
        status
        version
        allowedMoves
        expiresAt
        amount {
          minorUnits
          currency
        }
        proposer {
          id
          name
        }
      }
    }
    ... on OfferAccepted {
      offer {
        id
        status
        version
        allowedMoves
      }
    }
    ... on MemberAdded {
      user {
        id
        name
      }
    }
    ... on MemberRemoved {
      user {
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
export const InboxDocument = new TypedDocumentString(`
    query Inbox {
  notifications(first: 30, filter: { states: [UNREAD, READ] }) {
    nodes {
      id
      title
      type
      reason
      count
      state
      updatedAt
      topic {
        id
        kind
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      endCursor
    }
    counts {
      unread
      total
      snoozed
      done
    }
    headCursor
  }
}
    `) as unknown as TypedDocumentString<InboxQuery, InboxQueryVariables>;
export const InboxChangesDocument = new TypedDocumentString(`
    subscription InboxChanges($after: Cursor) {
  inbox(after: $after) {
    __typename
    id
    cursor
    at
    counts {
      unread
      total
      snoozed
      done
    }
    ... on NotificationUpserted {
      alert
      notification {
        id
        title
        type
        reason
        count
        state
        updatedAt
        topic {
          id
          kind
        }
      }
    }
    ... on NotificationsChanged {
      action
      notifications {
        id
        state
      }
    }
    ... on BatchReleased {
      alert
      count
      summary
      cause
    }
    ... on AttentionChanged {
      change
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
        quietWindows {
          days
          from
          to
        }
        focus {
          startedAt
          until
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<InboxChangesSubscription, InboxChangesSubscriptionVariables>;
export const WhyDocument = new TypedDocumentString(`
    query Why($id: ID!) {
  notification(id: $id) {
    id
    why {
      id
      channel
      state
      sentence
      decidedAt
      dueAt
    }
  }
}
    `) as unknown as TypedDocumentString<WhyQuery, WhyQueryVariables>;
export const UpdateNotificationsDocument = new TypedDocumentString(`
    mutation UpdateNotifications($input: UpdateNotificationsInput!) {
  updateNotifications(input: $input) {
    changeId
    changed
    counts {
      unread
      total
      snoozed
      done
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<UpdateNotificationsMutation, UpdateNotificationsMutationVariables>;
export const UndoDocument = new TypedDocumentString(`
    mutation Undo($input: UndoInput!) {
  undo(input: $input) {
    changed
    counts {
      unread
      total
      snoozed
      done
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<UndoMutation, UndoMutationVariables>;
export const PlacesDocument = new TypedDocumentString(`
    query Places {
  me {
    id
    name
    externalId
    role
  }
  projects(first: 20) {
    nodes {
      id
      externalId
      name
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
    }
  }
  contents(first: 20) {
    nodes {
      id
      externalId
      title
      status
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
    }
  }
  conversations(first: 20) {
    nodes {
      id
      externalId
      title
      kind
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
    }
  }
}
    `) as unknown as TypedDocumentString<PlacesQuery, PlacesQueryVariables>;
export const SessionDocument = new TypedDocumentString(`
    query Session {
  session {
    id
    instanceId
    serverTime
    tokenExpiresAt
    limits {
      name
      limit
      remaining
      resetAt
    }
  }
}
    `) as unknown as TypedDocumentString<SessionQuery, SessionQueryVariables>;
export const AchievementsDocument = new TypedDocumentString(`
    subscription Achievements {
  events(topics: [{ kind: USER }], types: [ACHIEVEMENT_EARNED]) {
    __typename
    ... on AchievementEarned {
      id
      cursor
      type
      at
      achievement
      style
      finishedTask {
        id
        title
      }
      finishedProject {
        id
        name
      }
    }
    ... on AccessLost {
      topicId
    }
  }
}
    `) as unknown as TypedDocumentString<AchievementsSubscription, AchievementsSubscriptionVariables>;
export const ScenarioPeopleDocument = new TypedDocumentString(`
    query ScenarioPeople {
  users(first: 100) {
    nodes {
      id
      externalId
      name
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
    }
  }
}
    `) as unknown as TypedDocumentString<ScenarioPeopleQuery, ScenarioPeopleQueryVariables>;
export const ScenarioPresenceDocument = new TypedDocumentString(`
    query ScenarioPresence($userIds: [ID!]!) {
  presence(userIds: $userIds) {
    user {
      id
    }
    online
    devices
  }
}
    `) as unknown as TypedDocumentString<ScenarioPresenceQuery, ScenarioPresenceQueryVariables>;
export const ScenarioEventsDocument = new TypedDocumentString(`
    subscription ScenarioEvents($topics: [TopicRef!]!) {
  events(topics: $topics) {
    __typename
    ... on Event {
      id
      cursor
      topic {
        id
      }
      actor {
        id
      }
    }
    ... on MessageEvent {
      message {
        id
        content
        isEdited
        deletedAt
        author {
          id
        }
      }
    }
    ... on MemberAdded {
      user {
        id
      }
    }
    ... on MemberRemoved {
      user {
        id
      }
    }
    ... on AccessLost {
      topicId
    }
  }
}
    `) as unknown as TypedDocumentString<ScenarioEventsSubscription, ScenarioEventsSubscriptionVariables>;
export const ScenarioSignalsDocument = new TypedDocumentString(`
    subscription ScenarioSignals($topics: [TopicRef!]!) {
  signals(topics: $topics) {
    __typename
    ... on PresenceSignal {
      status
      topicId
      userId
    }
  }
}
    `) as unknown as TypedDocumentString<ScenarioSignalsSubscription, ScenarioSignalsSubscriptionVariables>;
export const ScenarioInboxDocument = new TypedDocumentString(`
    subscription ScenarioInbox {
  inbox {
    __typename
    ... on NotificationUpserted {
      notification {
        id
        reason
        topic {
          id
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ScenarioInboxSubscription, ScenarioInboxSubscriptionVariables>;
export const EditMessageDocument = new TypedDocumentString(`
    mutation EditMessage($input: EditMessageInput!) {
  editMessage(input: $input) {
    message {
      id
      content
      isEdited
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<EditMessageMutation, EditMessageMutationVariables>;
export const DeleteMessageDocument = new TypedDocumentString(`
    mutation DeleteMessage($input: DeleteMessageInput!) {
  deleteMessage(input: $input) {
    message {
      id
      content
      deletedAt
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<DeleteMessageMutation, DeleteMessageMutationVariables>;
export const AddParticipantDocument = new TypedDocumentString(`
    mutation AddParticipant($input: AddParticipantInput!) {
  addParticipant(input: $input) {
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<AddParticipantMutation, AddParticipantMutationVariables>;
export const RemoveParticipantDocument = new TypedDocumentString(`
    mutation RemoveParticipant($input: RemoveParticipantInput!) {
  removeParticipant(input: $input) {
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<RemoveParticipantMutation, RemoveParticipantMutationVariables>;
export const ScenarioMessagesDocument = new TypedDocumentString(`
    query ScenarioMessages($conversationId: ID!) {
  messages(conversationId: $conversationId, first: 100) {
    nodes {
      id
      content
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
    }
  }
}
    `) as unknown as TypedDocumentString<ScenarioMessagesQuery, ScenarioMessagesQueryVariables>;
export const SyncDocument = new TypedDocumentString(`
    query Sync($topics: [TopicRef!]!, $since: [Cursor!]!) {
  sync(topics: $topics, since: $since) {
    hasMore
    items {
      __typename
      ... on MessageEvent {
        message {
          id
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SyncQuery, SyncQueryVariables>;
export const SessionsDocument = new TypedDocumentString(`
    query Sessions {
  sessions {
    id
    instanceId
  }
}
    `) as unknown as TypedDocumentString<SessionsQuery, SessionsQueryVariables>;
export const LimitsDocument = new TypedDocumentString(`
    query Limits {
  session {
    limits {
      name
      limit
      remaining
    }
  }
}
    `) as unknown as TypedDocumentString<LimitsQuery, LimitsQueryVariables>;
export const PingDocument = new TypedDocumentString(`
    query Ping {
  ping {
    event
    timestamp
  }
}
    `) as unknown as TypedDocumentString<PingQuery, PingQueryVariables>;
export const HandOverDocument = new TypedDocumentString(`
    mutation HandOver($heir: AddMemberInput!, $leave: LeaveConversationInput!) {
  addMember(input: $heir) {
    eventCursor
  }
  leaveConversation(input: $leave) {
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<HandOverMutation, HandOverMutationVariables>;
export const LeaveDocument = new TypedDocumentString(`
    mutation Leave($leave: LeaveConversationInput!) {
  leaveConversation(input: $leave) {
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<LeaveMutation, LeaveMutationVariables>;
export const BoardDocument = new TypedDocumentString(`
    query Board($projectId: ID!) {
  project(id: $projectId) {
    id
    name
    viewerRole
    members(first: 20) {
      nodes {
        role
        user {
          id
          name
        }
      }
    }
  }
  tasks(projectId: $projectId, first: 50) {
    nodes {
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
    pageInfo {
      hasNextPage
      hasPreviousPage
      endCursor
    }
    headCursor
  }
}
    `) as unknown as TypedDocumentString<BoardQuery, BoardQueryVariables>;
export const CreateTaskDocument = new TypedDocumentString(`
    mutation CreateTask($input: CreateTaskInput!) {
  createTask(input: $input) {
    task {
      id
      title
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<CreateTaskMutation, CreateTaskMutationVariables>;
export const UpdateTaskDocument = new TypedDocumentString(`
    mutation UpdateTask($input: UpdateTaskInput!) {
  updateTask(input: $input) {
    task {
      id
      title
      status
      version
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<UpdateTaskMutation, UpdateTaskMutationVariables>;
export const AssignTaskDocument = new TypedDocumentString(`
    mutation AssignTask($input: AssignTaskInput!) {
  assignTask(input: $input) {
    task {
      id
      version
      assignee {
        id
        name
      }
    }
    eventCursor
  }
}
    `) as unknown as TypedDocumentString<AssignTaskMutation, AssignTaskMutationVariables>;