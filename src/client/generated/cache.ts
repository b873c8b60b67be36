/** Printed by `npm run generate` from the schema. */

/** The object types of interfaces and unions. */
export const possibleTypes: Record<string, string[]> = {
  "CommentSubject": [
    "Content",
    "Task"
  ],
  "ContentEvent": [
    "CommentAdded",
    "ContentCreated",
    "ContentDeleted",
    "ContentPublished",
    "ContentUnpublished",
    "ContentUpdated",
    "RatingAdded"
  ],
  "Event": [
    "AchievementEarned",
    "CommentAdded",
    "CommentDeleted",
    "CommentEdited",
    "ContentCreated",
    "ContentDeleted",
    "ContentPublished",
    "ContentUnpublished",
    "ContentUpdated",
    "ConversationCreated",
    "ExternalEvent",
    "MemberAdded",
    "MemberRemoved",
    "MemberRoleChanged",
    "MessageDeleted",
    "MessageEdited",
    "MessageSent",
    "MessagesRead",
    "OfferAccepted",
    "OfferCreated",
    "OfferUpdated",
    "ProjectCreated",
    "ProjectDeleted",
    "ProjectUpdated",
    "RatingAdded",
    "ReactionChanged",
    "TaskAssigned",
    "TaskCommented",
    "TaskCreated",
    "TaskDeleted",
    "TaskDueSoon",
    "TaskUpdated",
    "TimeStarted",
    "TimeStopped"
  ],
  "InboxChange": [
    "AttentionChanged",
    "BatchReleased",
    "NotificationUpserted",
    "NotificationsChanged"
  ],
  "MessageEvent": [
    "MessageDeleted",
    "MessageEdited",
    "MessageSent",
    "ReactionChanged"
  ],
  "Node": [
    "Comment",
    "Content",
    "Conversation",
    "Message",
    "Notification",
    "Offer",
    "Project",
    "Task",
    "TimeEntry",
    "User"
  ],
  "Signal": [
    "AccessLost",
    "PresenceSignal",
    "TypingSignal",
    "ViewingSignal"
  ],
  "StreamItem": [
    "AccessLost",
    "AchievementEarned",
    "Checkpoint",
    "CommentAdded",
    "CommentDeleted",
    "CommentEdited",
    "ContentCreated",
    "ContentDeleted",
    "ContentPublished",
    "ContentUnpublished",
    "ContentUpdated",
    "ConversationCreated",
    "ExternalEvent",
    "MemberAdded",
    "MemberRemoved",
    "MemberRoleChanged",
    "MessageDeleted",
    "MessageEdited",
    "MessageSent",
    "MessagesRead",
    "OfferAccepted",
    "OfferCreated",
    "OfferUpdated",
    "ProjectCreated",
    "ProjectDeleted",
    "ProjectUpdated",
    "RatingAdded",
    "ReactionChanged",
    "TaskAssigned",
    "TaskCommented",
    "TaskCreated",
    "TaskDeleted",
    "TaskDueSoon",
    "TaskUpdated",
    "TimeStarted",
    "TimeStopped"
  ],
  "TaskEvent": [
    "TaskAssigned",
    "TaskCommented",
    "TaskCreated",
    "TaskDeleted",
    "TaskUpdated",
    "TimeStarted",
    "TimeStopped"
  ],
  "TopicSignal": [
    "PresenceSignal",
    "TypingSignal",
    "ViewingSignal"
  ]
};

/** Lists that come in pages, by type and field, with the arguments that say which list it is. */
export const connectionFields: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "Query": {
    "activeUsers": [],
    "activity": [
      "topics",
      "types"
    ],
    "contents": [
      "mine",
      "status",
      "type"
    ],
    "conversations": [],
    "deliveries": [
      "filter"
    ],
    "digestRuns": [],
    "follows": [],
    "messages": [
      "conversationId"
    ],
    "notifications": [
      "filter"
    ],
    "projects": [],
    "tasks": [
      "projectId",
      "status"
    ],
    "users": [
      "deactivated",
      "search"
    ]
  },
  "Comment": {
    "replies": []
  },
  "Content": {
    "comments": [],
    "members": []
  },
  "Conversation": {
    "messages": [],
    "offers": [],
    "participants": []
  },
  "Message": {
    "replies": []
  },
  "Project": {
    "members": []
  },
  "Task": {
    "comments": [],
    "timeEntries": []
  },
  "Topic": {
    "members": []
  }
};

/** Events and signals: they have ids and are not kept. */
export const embeddedTypes: readonly string[] = [
  "AchievementEarned",
  "AttentionChanged",
  "BatchReleased",
  "CommentAdded",
  "CommentDeleted",
  "CommentEdited",
  "ContentCreated",
  "ContentDeleted",
  "ContentPublished",
  "ContentUnpublished",
  "ContentUpdated",
  "ConversationCreated",
  "ExternalEvent",
  "MemberAdded",
  "MemberRemoved",
  "MemberRoleChanged",
  "MessageDeleted",
  "MessageEdited",
  "MessageSent",
  "MessagesRead",
  "NotificationUpserted",
  "NotificationsChanged",
  "OfferAccepted",
  "OfferCreated",
  "OfferUpdated",
  "PresenceSignal",
  "ProjectCreated",
  "ProjectDeleted",
  "ProjectUpdated",
  "RatingAdded",
  "ReactionChanged",
  "TaskAssigned",
  "TaskCommented",
  "TaskCreated",
  "TaskDeleted",
  "TaskDueSoon",
  "TaskUpdated",
  "TimeStarted",
  "TimeStopped",
  "TypingSignal",
  "ViewingSignal"
];

/** Types without an id, part of what they stand in. */
export const keylessTypes: readonly string[] = [
  "AcceptOfferPayload",
  "AccessLost",
  "ActiveUserConnection",
  "ActiveUserEdge",
  "AddCommentPayload",
  "AddMemberPayload",
  "AddParticipantPayload",
  "AssignTaskPayload",
  "Attachment",
  "Attention",
  "BreakThrough",
  "Change",
  "ChangeMemberRolePayload",
  "Checkpoint",
  "CommentRepliesConnection",
  "CommentRepliesEdge",
  "ContentCommentsConnection",
  "ContentCommentsEdge",
  "ContentConnection",
  "ContentEdge",
  "ContentRating",
  "ConversationConnection",
  "ConversationEdge",
  "ConversationMessagesConnection",
  "ConversationMessagesEdge",
  "CreateContentPayload",
  "CreateConversationPayload",
  "CreateOfferPayload",
  "CreateProjectPayload",
  "CreateTaskPayload",
  "DeactivateUserPayload",
  "DeleteCommentPayload",
  "DeleteContentPayload",
  "DeleteMessagePayload",
  "DeleteProjectPayload",
  "DeleteTaskPayload",
  "DeliveryConnection",
  "DeliveryEdge",
  "DigestPreview",
  "DigestRunConnection",
  "DigestRunEdge",
  "DigestSettings",
  "EditCommentPayload",
  "EditMessagePayload",
  "EffectiveRule",
  "EndFocusPayload",
  "EndSessionPayload",
  "EventConnection",
  "EventEdge",
  "Explanation",
  "Focus",
  "Follow",
  "FollowConnection",
  "FollowEdge",
  "FollowPayload",
  "InboxCounts",
  "LeaveConversationPayload",
  "LeaveTopicPayload",
  "Limit",
  "MarkAllNotificationsReadPayload",
  "MarkConversationReadPayload",
  "MarkNotificationReadPayload",
  "Membership",
  "MembershipConnection",
  "MembershipEdge",
  "MessageRepliesConnection",
  "MessageRepliesEdge",
  "Money",
  "NotificationConnection",
  "NotificationEdge",
  "OfferConnection",
  "OfferEdge",
  "PageInfo",
  "PauseAlertsPayload",
  "Pong",
  "Presence",
  "ProjectConnection",
  "ProjectEdge",
  "PublishContentPayload",
  "PublishEventPayload",
  "QueryMessagesConnection",
  "QueryMessagesEdge",
  "QueryTasksConnection",
  "QueryTasksEdge",
  "QuietWindow",
  "RateContentPayload",
  "Reaction",
  "ReactivateUserPayload",
  "ReadPosition",
  "RefreshSessionPayload",
  "ReleaseHeldPayload",
  "RemoveMemberPayload",
  "RemoveParticipantPayload",
  "RenewUnsubscribeLinkPayload",
  "ResetRulesPayload",
  "ResumeAlertsPayload",
  "SendDigestNowPayload",
  "SendMessagePayload",
  "SetRulePayload",
  "SetTypingPayload",
  "SetViewingPayload",
  "SetWorkspaceRolePayload",
  "StartFocusPayload",
  "StartTimerPayload",
  "StopTimerPayload",
  "SyncPage",
  "TaskCommentsConnection",
  "TaskCommentsEdge",
  "TaskTimeEntriesConnection",
  "TaskTimeEntriesEdge",
  "ToggleReactionPayload",
  "TopicCursor",
  "TopicViewers",
  "UndoPayload",
  "UnfollowPayload",
  "UnpublishContentPayload",
  "UpdateAttentionPayload",
  "UpdateContentPayload",
  "UpdateMePayload",
  "UpdateNotificationsPayload",
  "UpdateOfferPayload",
  "UpdateProjectPayload",
  "UpdateTaskPayload",
  "UserConnection",
  "UserEdge"
];

/** The root fields of subscriptions. */
export const subscriptionFields: readonly string[] = [
  "events",
  "inbox",
  "liveUpdate",
  "newComment",
  "newMessage",
  "newRating",
  "signals",
  "taskUpdated"
];
