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
    "\n  query Article($contentId: ID!) {\n    content(id: $contentId) {\n      id\n      title\n      body\n      version\n      status\n      viewerRole\n      headCursor\n      rating { average count mine }\n      comments(first: 50) {\n        nodes { id text deletedAt createdAt author { id name } replyTo { id } }\n        pageInfo { hasNextPage hasPreviousPage endCursor }\n      }\n    }\n  }\n": typeof types.ArticleDocument,
    "\n  mutation AddComment($input: AddCommentInput!) {\n    addComment(input: $input) { comment { id text } eventCursor }\n  }\n": typeof types.AddCommentDocument,
    "\n  mutation RateContent($input: RateContentInput!) {\n    rateContent(input: $input) { content { id rating { average count mine } } eventCursor }\n  }\n": typeof types.RateContentDocument,
    "\n  query Attention {\n    attention {\n      preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version\n      quietWindows { days from to }\n      focus { startedAt until }\n    }\n  }\n": typeof types.AttentionDocument,
    "\n  query Deliveries {\n    deliveries(first: 100, filter: { channels: [ALERT] }) {\n      nodes { id state decidedAt sentAt dueAt sentence }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n    }\n  }\n": typeof types.DeliveriesDocument,
    "\n  query Effective($reason: NotificationReason!) {\n    effective(channel: ALERT, reason: $reason) { value sentence }\n  }\n": typeof types.EffectiveDocument,
    "\n  query PreviewDigest {\n    previewDigest { subject count html }\n  }\n": typeof types.PreviewDigestDocument,
    "\n  mutation UpdateAttention($input: UpdateAttentionInput!) {\n    updateAttention(input: $input) {\n      released\n      attention {\n        preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version\n        quietWindows { days from to }\n        focus { startedAt until }\n      }\n    }\n  }\n": typeof types.UpdateAttentionDocument,
    "\n  mutation StartFocus($input: StartFocusInput!) {\n    startFocus(input: $input) { attention { version state stateUntil held focus { startedAt until } } }\n  }\n": typeof types.StartFocusDocument,
    "\n  mutation EndFocus($input: EndFocusInput!) {\n    endFocus(input: $input) { attention { version state stateUntil held focus { startedAt until } } }\n  }\n": typeof types.EndFocusDocument,
    "\n  mutation ReleaseHeld($input: ReleaseHeldInput!) {\n    releaseHeld(input: $input) { released }\n  }\n": typeof types.ReleaseHeldDocument,
    "\n  mutation SetRule($input: SetRuleInput!) {\n    setRule(input: $input) { rule { id value } }\n  }\n": typeof types.SetRuleDocument,
    "\n  mutation ResetRules($input: ResetRulesInput!) {\n    resetRules(input: $input) { eventCursor }\n  }\n": typeof types.ResetRulesDocument,
    "\n  mutation CreateConversation($input: CreateConversationInput!) {\n    createConversation(input: $input) { conversation { id title } eventCursor }\n  }\n": typeof types.CreateConversationDocument,
    "\n  mutation RemoveMember($input: RemoveMemberInput!) {\n    removeMember(input: $input) { topicId eventCursor }\n  }\n": typeof types.RemoveMemberDocument,
    "\n  mutation AddMember($input: AddMemberInput!) {\n    addMember(input: $input) { topicId eventCursor }\n  }\n": typeof types.AddMemberDocument,
    "\n  query Conversation($conversationId: ID!) {\n    conversation(id: $conversationId) {\n      id\n      title\n      kind\n      headCursor\n      viewerRole\n      participants(first: 20) { nodes { role user { id name } lastReadMessage { id } } }\n      messages(last: 40) {\n        nodes { id content deletedAt isEdited createdAt author { id name } reactions { emoji count viewerHas } }\n        pageInfo { hasNextPage hasPreviousPage startCursor }\n      }\n      offers(last: 5) {\n        nodes {\n          id title status version allowedMoves expiresAt\n          amount { minorUnits currency }\n          sender { id name }\n          recipient { id name }\n          proposer { id name }\n        }\n        pageInfo { hasNextPage hasPreviousPage startCursor }\n      }\n    }\n  }\n": typeof types.ConversationDocument,
    "\n  subscription TypingSignals($topics: [TopicRef!]!) {\n    signals(topics: $topics) {\n      __typename\n      ... on TypingSignal { typing expiresAt user { id name } }\n      ... on AccessLost { topicId }\n    }\n  }\n": typeof types.TypingSignalsDocument,
    "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { message { id content } eventCursor }\n  }\n": typeof types.SendMessageDocument,
    "\n  mutation SetTyping($input: SetTypingInput!) {\n    setTyping(input: $input) { expiresAt }\n  }\n": typeof types.SetTypingDocument,
    "\n  mutation ToggleReaction($input: ToggleReactionInput!) {\n    toggleReaction(input: $input) { message { id reactions { emoji count viewerHas } } eventCursor }\n  }\n": typeof types.ToggleReactionDocument,
    "\n  mutation MarkConversationRead($input: MarkConversationReadInput!) {\n    markConversationRead(input: $input) { conversation { id unreadCount } }\n  }\n": typeof types.MarkConversationReadDocument,
    "\n  mutation CreateOffer($input: CreateOfferInput!) {\n    createOffer(input: $input) { offer { id title } eventCursor }\n  }\n": typeof types.CreateOfferDocument,
    "\n  mutation AcceptOffer($input: AcceptOfferInput!) {\n    acceptOffer(input: $input) { offer { id status version allowedMoves } eventCursor }\n  }\n": typeof types.AcceptOfferDocument,
    "\n  mutation UpdateOffer($input: UpdateOfferInput!) {\n    updateOffer(input: $input) { offer { id status version allowedMoves amount { minorUnits currency } } eventCursor }\n  }\n": typeof types.UpdateOfferDocument,
    "\n  subscription Events($topics: [TopicRef!]!, $after: [Cursor!]) {\n    events(topics: $topics, after: $after) {\n      __typename\n      ... on Event { id cursor type at topic { id kind } actor { id name } }\n      ... on TaskEvent { task { id title status priority version deletedAt assignee { id name } } }\n      ... on CommentAdded { comment { id text deletedAt createdAt author { id name } replyTo { id } } }\n      ... on CommentEdited { comment { id text } }\n      ... on CommentDeleted { comment { id text deletedAt } }\n      ... on ContentEvent { content { id title body version status } }\n      ... on RatingAdded { content { id rating { average count mine } } }\n      ... on MessageSent {\n        message { id content deletedAt isEdited createdAt author { id name } reactions { emoji count viewerHas } }\n      }\n      ... on MessageEdited { message { id content isEdited } }\n      ... on MessageDeleted { message { id content deletedAt } }\n      ... on ReactionChanged { message { id reactions { emoji count viewerHas } } }\n      ... on MessagesRead { positions { userId messageId } }\n      ... on OfferCreated {\n        offer {\n          id title status version allowedMoves expiresAt\n          amount { minorUnits currency }\n          sender { id name }\n          recipient { id name }\n          proposer { id name }\n        }\n      }\n      ... on OfferUpdated {\n        offer { id status version allowedMoves expiresAt amount { minorUnits currency } proposer { id name } }\n      }\n      ... on OfferAccepted { offer { id status version allowedMoves } }\n      ... on MemberAdded { user { id name } }\n      ... on MemberRemoved { user { id name } }\n      ... on Checkpoint { cursors { topic cursor } }\n      ... on AccessLost { topicId }\n    }\n  }\n": typeof types.EventsDocument,
    "\n  query Inbox {\n    notifications(first: 30, filter: { states: [UNREAD, READ] }) {\n      nodes { id title type reason count state updatedAt topic { id kind } }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      counts { unread total snoozed done }\n      headCursor\n    }\n  }\n": typeof types.InboxDocument,
    "\n  subscription InboxChanges($after: Cursor) {\n    inbox(after: $after) {\n      __typename\n      id\n      cursor\n      at\n      counts { unread total snoozed done }\n      ... on NotificationUpserted {\n        alert\n        notification { id title type reason count state updatedAt topic { id kind } }\n      }\n      ... on NotificationsChanged { action notifications { id state } }\n      ... on BatchReleased { alert count summary cause }\n      ... on AttentionChanged {\n        change\n        attention {\n          preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version\n          quietWindows { days from to }\n          focus { startedAt until }\n        }\n      }\n    }\n  }\n": typeof types.InboxChangesDocument,
    "\n  query Why($id: ID!) {\n    notification(id: $id) { id why { id channel state sentence decidedAt dueAt } }\n  }\n": typeof types.WhyDocument,
    "\n  mutation UpdateNotifications($input: UpdateNotificationsInput!) {\n    updateNotifications(input: $input) { changeId changed counts { unread total snoozed done } eventCursor }\n  }\n": typeof types.UpdateNotificationsDocument,
    "\n  mutation Undo($input: UndoInput!) {\n    undo(input: $input) { changed counts { unread total snoozed done } eventCursor }\n  }\n": typeof types.UndoDocument,
    "\n  query Places {\n    me { id name externalId role }\n    projects(first: 20) { nodes { id externalId name } pageInfo { hasNextPage hasPreviousPage } }\n    contents(first: 20) { nodes { id externalId title status } pageInfo { hasNextPage hasPreviousPage } }\n    conversations(first: 20) { nodes { id externalId title kind } pageInfo { hasNextPage hasPreviousPage } }\n  }\n": typeof types.PlacesDocument,
    "\n  query Session {\n    session { id instanceId serverTime tokenExpiresAt limits { name limit remaining resetAt } }\n  }\n": typeof types.SessionDocument,
    "\n  subscription Achievements {\n    events(topics: [{ kind: USER }], types: [ACHIEVEMENT_EARNED]) {\n      __typename\n      ... on AchievementEarned { id cursor type at achievement style finishedTask { id title } finishedProject { id name } }\n      ... on AccessLost { topicId }\n    }\n  }\n": typeof types.AchievementsDocument,
    "\n  query ScenarioPeople {\n    users(first: 100) { nodes { id externalId name } pageInfo { hasNextPage hasPreviousPage } }\n  }\n": typeof types.ScenarioPeopleDocument,
    "\n  query ScenarioPresence($userIds: [ID!]!) {\n    presence(userIds: $userIds) { user { id } online devices }\n  }\n": typeof types.ScenarioPresenceDocument,
    "\n  subscription ScenarioEvents($topics: [TopicRef!]!) {\n    events(topics: $topics) {\n      __typename\n      ... on Event { id cursor topic { id } actor { id } }\n      ... on MessageEvent { message { id content isEdited deletedAt author { id } } }\n      ... on MemberAdded { user { id } }\n      ... on MemberRemoved { user { id } }\n      ... on AccessLost { topicId }\n    }\n  }\n": typeof types.ScenarioEventsDocument,
    "\n  subscription ScenarioSignals($topics: [TopicRef!]!) {\n    signals(topics: $topics) {\n      __typename\n      ... on PresenceSignal { status topicId userId }\n    }\n  }\n": typeof types.ScenarioSignalsDocument,
    "\n  subscription ScenarioInbox {\n    inbox {\n      __typename\n      ... on NotificationUpserted { notification { id reason topic { id } } }\n    }\n  }\n": typeof types.ScenarioInboxDocument,
    "\n  mutation EditMessage($input: EditMessageInput!) {\n    editMessage(input: $input) { message { id content isEdited } eventCursor }\n  }\n": typeof types.EditMessageDocument,
    "\n  mutation DeleteMessage($input: DeleteMessageInput!) {\n    deleteMessage(input: $input) { message { id content deletedAt } eventCursor }\n  }\n": typeof types.DeleteMessageDocument,
    "\n  mutation AddParticipant($input: AddParticipantInput!) {\n    addParticipant(input: $input) { eventCursor }\n  }\n": typeof types.AddParticipantDocument,
    "\n  mutation RemoveParticipant($input: RemoveParticipantInput!) {\n    removeParticipant(input: $input) { eventCursor }\n  }\n": typeof types.RemoveParticipantDocument,
    "\n  query ScenarioMessages($conversationId: ID!) {\n    messages(conversationId: $conversationId, first: 100) { nodes { id content } pageInfo { hasNextPage hasPreviousPage } }\n  }\n": typeof types.ScenarioMessagesDocument,
    "\n  query Sync($topics: [TopicRef!]!, $since: [Cursor!]!) {\n    sync(topics: $topics, since: $since) {\n      hasMore\n      items { __typename ... on MessageEvent { message { id } } }\n    }\n  }\n": typeof types.SyncDocument,
    "\n  query Sessions {\n    sessions { id instanceId }\n  }\n": typeof types.SessionsDocument,
    "\n  query Limits {\n    session { limits { name limit remaining } }\n  }\n": typeof types.LimitsDocument,
    "\n  query Ping {\n    ping { event timestamp }\n  }\n": typeof types.PingDocument,
    "\n  mutation HandOver($heir: AddMemberInput!, $leave: LeaveConversationInput!) {\n    addMember(input: $heir) { eventCursor }\n    leaveConversation(input: $leave) { eventCursor }\n  }\n": typeof types.HandOverDocument,
    "\n  mutation Leave($leave: LeaveConversationInput!) {\n    leaveConversation(input: $leave) { eventCursor }\n  }\n": typeof types.LeaveDocument,
    "\n  query Board($projectId: ID!) {\n    project(id: $projectId) { id name viewerRole members(first: 20) { nodes { role user { id name } } } }\n    tasks(projectId: $projectId, first: 50) {\n      nodes { id title status priority version deletedAt assignee { id name } }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      headCursor\n    }\n  }\n": typeof types.BoardDocument,
    "\n  mutation CreateTask($input: CreateTaskInput!) {\n    createTask(input: $input) { task { id title } eventCursor }\n  }\n": typeof types.CreateTaskDocument,
    "\n  mutation UpdateTask($input: UpdateTaskInput!) {\n    updateTask(input: $input) { task { id title status version } eventCursor }\n  }\n": typeof types.UpdateTaskDocument,
    "\n  mutation AssignTask($input: AssignTaskInput!) {\n    assignTask(input: $input) { task { id version assignee { id name } } eventCursor }\n  }\n": typeof types.AssignTaskDocument,
};
const documents: Documents = {
    "\n  query Article($contentId: ID!) {\n    content(id: $contentId) {\n      id\n      title\n      body\n      version\n      status\n      viewerRole\n      headCursor\n      rating { average count mine }\n      comments(first: 50) {\n        nodes { id text deletedAt createdAt author { id name } replyTo { id } }\n        pageInfo { hasNextPage hasPreviousPage endCursor }\n      }\n    }\n  }\n": types.ArticleDocument,
    "\n  mutation AddComment($input: AddCommentInput!) {\n    addComment(input: $input) { comment { id text } eventCursor }\n  }\n": types.AddCommentDocument,
    "\n  mutation RateContent($input: RateContentInput!) {\n    rateContent(input: $input) { content { id rating { average count mine } } eventCursor }\n  }\n": types.RateContentDocument,
    "\n  query Attention {\n    attention {\n      preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version\n      quietWindows { days from to }\n      focus { startedAt until }\n    }\n  }\n": types.AttentionDocument,
    "\n  query Deliveries {\n    deliveries(first: 100, filter: { channels: [ALERT] }) {\n      nodes { id state decidedAt sentAt dueAt sentence }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n    }\n  }\n": types.DeliveriesDocument,
    "\n  query Effective($reason: NotificationReason!) {\n    effective(channel: ALERT, reason: $reason) { value sentence }\n  }\n": types.EffectiveDocument,
    "\n  query PreviewDigest {\n    previewDigest { subject count html }\n  }\n": types.PreviewDigestDocument,
    "\n  mutation UpdateAttention($input: UpdateAttentionInput!) {\n    updateAttention(input: $input) {\n      released\n      attention {\n        preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version\n        quietWindows { days from to }\n        focus { startedAt until }\n      }\n    }\n  }\n": types.UpdateAttentionDocument,
    "\n  mutation StartFocus($input: StartFocusInput!) {\n    startFocus(input: $input) { attention { version state stateUntil held focus { startedAt until } } }\n  }\n": types.StartFocusDocument,
    "\n  mutation EndFocus($input: EndFocusInput!) {\n    endFocus(input: $input) { attention { version state stateUntil held focus { startedAt until } } }\n  }\n": types.EndFocusDocument,
    "\n  mutation ReleaseHeld($input: ReleaseHeldInput!) {\n    releaseHeld(input: $input) { released }\n  }\n": types.ReleaseHeldDocument,
    "\n  mutation SetRule($input: SetRuleInput!) {\n    setRule(input: $input) { rule { id value } }\n  }\n": types.SetRuleDocument,
    "\n  mutation ResetRules($input: ResetRulesInput!) {\n    resetRules(input: $input) { eventCursor }\n  }\n": types.ResetRulesDocument,
    "\n  mutation CreateConversation($input: CreateConversationInput!) {\n    createConversation(input: $input) { conversation { id title } eventCursor }\n  }\n": types.CreateConversationDocument,
    "\n  mutation RemoveMember($input: RemoveMemberInput!) {\n    removeMember(input: $input) { topicId eventCursor }\n  }\n": types.RemoveMemberDocument,
    "\n  mutation AddMember($input: AddMemberInput!) {\n    addMember(input: $input) { topicId eventCursor }\n  }\n": types.AddMemberDocument,
    "\n  query Conversation($conversationId: ID!) {\n    conversation(id: $conversationId) {\n      id\n      title\n      kind\n      headCursor\n      viewerRole\n      participants(first: 20) { nodes { role user { id name } lastReadMessage { id } } }\n      messages(last: 40) {\n        nodes { id content deletedAt isEdited createdAt author { id name } reactions { emoji count viewerHas } }\n        pageInfo { hasNextPage hasPreviousPage startCursor }\n      }\n      offers(last: 5) {\n        nodes {\n          id title status version allowedMoves expiresAt\n          amount { minorUnits currency }\n          sender { id name }\n          recipient { id name }\n          proposer { id name }\n        }\n        pageInfo { hasNextPage hasPreviousPage startCursor }\n      }\n    }\n  }\n": types.ConversationDocument,
    "\n  subscription TypingSignals($topics: [TopicRef!]!) {\n    signals(topics: $topics) {\n      __typename\n      ... on TypingSignal { typing expiresAt user { id name } }\n      ... on AccessLost { topicId }\n    }\n  }\n": types.TypingSignalsDocument,
    "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { message { id content } eventCursor }\n  }\n": types.SendMessageDocument,
    "\n  mutation SetTyping($input: SetTypingInput!) {\n    setTyping(input: $input) { expiresAt }\n  }\n": types.SetTypingDocument,
    "\n  mutation ToggleReaction($input: ToggleReactionInput!) {\n    toggleReaction(input: $input) { message { id reactions { emoji count viewerHas } } eventCursor }\n  }\n": types.ToggleReactionDocument,
    "\n  mutation MarkConversationRead($input: MarkConversationReadInput!) {\n    markConversationRead(input: $input) { conversation { id unreadCount } }\n  }\n": types.MarkConversationReadDocument,
    "\n  mutation CreateOffer($input: CreateOfferInput!) {\n    createOffer(input: $input) { offer { id title } eventCursor }\n  }\n": types.CreateOfferDocument,
    "\n  mutation AcceptOffer($input: AcceptOfferInput!) {\n    acceptOffer(input: $input) { offer { id status version allowedMoves } eventCursor }\n  }\n": types.AcceptOfferDocument,
    "\n  mutation UpdateOffer($input: UpdateOfferInput!) {\n    updateOffer(input: $input) { offer { id status version allowedMoves amount { minorUnits currency } } eventCursor }\n  }\n": types.UpdateOfferDocument,
    "\n  subscription Events($topics: [TopicRef!]!, $after: [Cursor!]) {\n    events(topics: $topics, after: $after) {\n      __typename\n      ... on Event { id cursor type at topic { id kind } actor { id name } }\n      ... on TaskEvent { task { id title status priority version deletedAt assignee { id name } } }\n      ... on CommentAdded { comment { id text deletedAt createdAt author { id name } replyTo { id } } }\n      ... on CommentEdited { comment { id text } }\n      ... on CommentDeleted { comment { id text deletedAt } }\n      ... on ContentEvent { content { id title body version status } }\n      ... on RatingAdded { content { id rating { average count mine } } }\n      ... on MessageSent {\n        message { id content deletedAt isEdited createdAt author { id name } reactions { emoji count viewerHas } }\n      }\n      ... on MessageEdited { message { id content isEdited } }\n      ... on MessageDeleted { message { id content deletedAt } }\n      ... on ReactionChanged { message { id reactions { emoji count viewerHas } } }\n      ... on MessagesRead { positions { userId messageId } }\n      ... on OfferCreated {\n        offer {\n          id title status version allowedMoves expiresAt\n          amount { minorUnits currency }\n          sender { id name }\n          recipient { id name }\n          proposer { id name }\n        }\n      }\n      ... on OfferUpdated {\n        offer { id status version allowedMoves expiresAt amount { minorUnits currency } proposer { id name } }\n      }\n      ... on OfferAccepted { offer { id status version allowedMoves } }\n      ... on MemberAdded { user { id name } }\n      ... on MemberRemoved { user { id name } }\n      ... on Checkpoint { cursors { topic cursor } }\n      ... on AccessLost { topicId }\n    }\n  }\n": types.EventsDocument,
    "\n  query Inbox {\n    notifications(first: 30, filter: { states: [UNREAD, READ] }) {\n      nodes { id title type reason count state updatedAt topic { id kind } }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      counts { unread total snoozed done }\n      headCursor\n    }\n  }\n": types.InboxDocument,
    "\n  subscription InboxChanges($after: Cursor) {\n    inbox(after: $after) {\n      __typename\n      id\n      cursor\n      at\n      counts { unread total snoozed done }\n      ... on NotificationUpserted {\n        alert\n        notification { id title type reason count state updatedAt topic { id kind } }\n      }\n      ... on NotificationsChanged { action notifications { id state } }\n      ... on BatchReleased { alert count summary cause }\n      ... on AttentionChanged {\n        change\n        attention {\n          preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version\n          quietWindows { days from to }\n          focus { startedAt until }\n        }\n      }\n    }\n  }\n": types.InboxChangesDocument,
    "\n  query Why($id: ID!) {\n    notification(id: $id) { id why { id channel state sentence decidedAt dueAt } }\n  }\n": types.WhyDocument,
    "\n  mutation UpdateNotifications($input: UpdateNotificationsInput!) {\n    updateNotifications(input: $input) { changeId changed counts { unread total snoozed done } eventCursor }\n  }\n": types.UpdateNotificationsDocument,
    "\n  mutation Undo($input: UndoInput!) {\n    undo(input: $input) { changed counts { unread total snoozed done } eventCursor }\n  }\n": types.UndoDocument,
    "\n  query Places {\n    me { id name externalId role }\n    projects(first: 20) { nodes { id externalId name } pageInfo { hasNextPage hasPreviousPage } }\n    contents(first: 20) { nodes { id externalId title status } pageInfo { hasNextPage hasPreviousPage } }\n    conversations(first: 20) { nodes { id externalId title kind } pageInfo { hasNextPage hasPreviousPage } }\n  }\n": types.PlacesDocument,
    "\n  query Session {\n    session { id instanceId serverTime tokenExpiresAt limits { name limit remaining resetAt } }\n  }\n": types.SessionDocument,
    "\n  subscription Achievements {\n    events(topics: [{ kind: USER }], types: [ACHIEVEMENT_EARNED]) {\n      __typename\n      ... on AchievementEarned { id cursor type at achievement style finishedTask { id title } finishedProject { id name } }\n      ... on AccessLost { topicId }\n    }\n  }\n": types.AchievementsDocument,
    "\n  query ScenarioPeople {\n    users(first: 100) { nodes { id externalId name } pageInfo { hasNextPage hasPreviousPage } }\n  }\n": types.ScenarioPeopleDocument,
    "\n  query ScenarioPresence($userIds: [ID!]!) {\n    presence(userIds: $userIds) { user { id } online devices }\n  }\n": types.ScenarioPresenceDocument,
    "\n  subscription ScenarioEvents($topics: [TopicRef!]!) {\n    events(topics: $topics) {\n      __typename\n      ... on Event { id cursor topic { id } actor { id } }\n      ... on MessageEvent { message { id content isEdited deletedAt author { id } } }\n      ... on MemberAdded { user { id } }\n      ... on MemberRemoved { user { id } }\n      ... on AccessLost { topicId }\n    }\n  }\n": types.ScenarioEventsDocument,
    "\n  subscription ScenarioSignals($topics: [TopicRef!]!) {\n    signals(topics: $topics) {\n      __typename\n      ... on PresenceSignal { status topicId userId }\n    }\n  }\n": types.ScenarioSignalsDocument,
    "\n  subscription ScenarioInbox {\n    inbox {\n      __typename\n      ... on NotificationUpserted { notification { id reason topic { id } } }\n    }\n  }\n": types.ScenarioInboxDocument,
    "\n  mutation EditMessage($input: EditMessageInput!) {\n    editMessage(input: $input) { message { id content isEdited } eventCursor }\n  }\n": types.EditMessageDocument,
    "\n  mutation DeleteMessage($input: DeleteMessageInput!) {\n    deleteMessage(input: $input) { message { id content deletedAt } eventCursor }\n  }\n": types.DeleteMessageDocument,
    "\n  mutation AddParticipant($input: AddParticipantInput!) {\n    addParticipant(input: $input) { eventCursor }\n  }\n": types.AddParticipantDocument,
    "\n  mutation RemoveParticipant($input: RemoveParticipantInput!) {\n    removeParticipant(input: $input) { eventCursor }\n  }\n": types.RemoveParticipantDocument,
    "\n  query ScenarioMessages($conversationId: ID!) {\n    messages(conversationId: $conversationId, first: 100) { nodes { id content } pageInfo { hasNextPage hasPreviousPage } }\n  }\n": types.ScenarioMessagesDocument,
    "\n  query Sync($topics: [TopicRef!]!, $since: [Cursor!]!) {\n    sync(topics: $topics, since: $since) {\n      hasMore\n      items { __typename ... on MessageEvent { message { id } } }\n    }\n  }\n": types.SyncDocument,
    "\n  query Sessions {\n    sessions { id instanceId }\n  }\n": types.SessionsDocument,
    "\n  query Limits {\n    session { limits { name limit remaining } }\n  }\n": types.LimitsDocument,
    "\n  query Ping {\n    ping { event timestamp }\n  }\n": types.PingDocument,
    "\n  mutation HandOver($heir: AddMemberInput!, $leave: LeaveConversationInput!) {\n    addMember(input: $heir) { eventCursor }\n    leaveConversation(input: $leave) { eventCursor }\n  }\n": types.HandOverDocument,
    "\n  mutation Leave($leave: LeaveConversationInput!) {\n    leaveConversation(input: $leave) { eventCursor }\n  }\n": types.LeaveDocument,
    "\n  query Board($projectId: ID!) {\n    project(id: $projectId) { id name viewerRole members(first: 20) { nodes { role user { id name } } } }\n    tasks(projectId: $projectId, first: 50) {\n      nodes { id title status priority version deletedAt assignee { id name } }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      headCursor\n    }\n  }\n": types.BoardDocument,
    "\n  mutation CreateTask($input: CreateTaskInput!) {\n    createTask(input: $input) { task { id title } eventCursor }\n  }\n": types.CreateTaskDocument,
    "\n  mutation UpdateTask($input: UpdateTaskInput!) {\n    updateTask(input: $input) { task { id title status version } eventCursor }\n  }\n": types.UpdateTaskDocument,
    "\n  mutation AssignTask($input: AssignTaskInput!) {\n    assignTask(input: $input) { task { id version assignee { id name } } eventCursor }\n  }\n": types.AssignTaskDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Article($contentId: ID!) {\n    content(id: $contentId) {\n      id\n      title\n      body\n      version\n      status\n      viewerRole\n      headCursor\n      rating { average count mine }\n      comments(first: 50) {\n        nodes { id text deletedAt createdAt author { id name } replyTo { id } }\n        pageInfo { hasNextPage hasPreviousPage endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').ArticleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AddComment($input: AddCommentInput!) {\n    addComment(input: $input) { comment { id text } eventCursor }\n  }\n"): typeof import('./graphql.ts').AddCommentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RateContent($input: RateContentInput!) {\n    rateContent(input: $input) { content { id rating { average count mine } } eventCursor }\n  }\n"): typeof import('./graphql.ts').RateContentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Attention {\n    attention {\n      preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version\n      quietWindows { days from to }\n      focus { startedAt until }\n    }\n  }\n"): typeof import('./graphql.ts').AttentionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Deliveries {\n    deliveries(first: 100, filter: { channels: [ALERT] }) {\n      nodes { id state decidedAt sentAt dueAt sentence }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n    }\n  }\n"): typeof import('./graphql.ts').DeliveriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Effective($reason: NotificationReason!) {\n    effective(channel: ALERT, reason: $reason) { value sentence }\n  }\n"): typeof import('./graphql.ts').EffectiveDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PreviewDigest {\n    previewDigest { subject count html }\n  }\n"): typeof import('./graphql.ts').PreviewDigestDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateAttention($input: UpdateAttentionInput!) {\n    updateAttention(input: $input) {\n      released\n      attention {\n        preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version\n        quietWindows { days from to }\n        focus { startedAt until }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').UpdateAttentionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StartFocus($input: StartFocusInput!) {\n    startFocus(input: $input) { attention { version state stateUntil held focus { startedAt until } } }\n  }\n"): typeof import('./graphql.ts').StartFocusDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EndFocus($input: EndFocusInput!) {\n    endFocus(input: $input) { attention { version state stateUntil held focus { startedAt until } } }\n  }\n"): typeof import('./graphql.ts').EndFocusDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ReleaseHeld($input: ReleaseHeldInput!) {\n    releaseHeld(input: $input) { released }\n  }\n"): typeof import('./graphql.ts').ReleaseHeldDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetRule($input: SetRuleInput!) {\n    setRule(input: $input) { rule { id value } }\n  }\n"): typeof import('./graphql.ts').SetRuleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ResetRules($input: ResetRulesInput!) {\n    resetRules(input: $input) { eventCursor }\n  }\n"): typeof import('./graphql.ts').ResetRulesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateConversation($input: CreateConversationInput!) {\n    createConversation(input: $input) { conversation { id title } eventCursor }\n  }\n"): typeof import('./graphql.ts').CreateConversationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveMember($input: RemoveMemberInput!) {\n    removeMember(input: $input) { topicId eventCursor }\n  }\n"): typeof import('./graphql.ts').RemoveMemberDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AddMember($input: AddMemberInput!) {\n    addMember(input: $input) { topicId eventCursor }\n  }\n"): typeof import('./graphql.ts').AddMemberDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Conversation($conversationId: ID!) {\n    conversation(id: $conversationId) {\n      id\n      title\n      kind\n      headCursor\n      viewerRole\n      participants(first: 20) { nodes { role user { id name } lastReadMessage { id } } }\n      messages(last: 40) {\n        nodes { id content deletedAt isEdited createdAt author { id name } reactions { emoji count viewerHas } }\n        pageInfo { hasNextPage hasPreviousPage startCursor }\n      }\n      offers(last: 5) {\n        nodes {\n          id title status version allowedMoves expiresAt\n          amount { minorUnits currency }\n          sender { id name }\n          recipient { id name }\n          proposer { id name }\n        }\n        pageInfo { hasNextPage hasPreviousPage startCursor }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').ConversationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription TypingSignals($topics: [TopicRef!]!) {\n    signals(topics: $topics) {\n      __typename\n      ... on TypingSignal { typing expiresAt user { id name } }\n      ... on AccessLost { topicId }\n    }\n  }\n"): typeof import('./graphql.ts').TypingSignalsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { message { id content } eventCursor }\n  }\n"): typeof import('./graphql.ts').SendMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetTyping($input: SetTypingInput!) {\n    setTyping(input: $input) { expiresAt }\n  }\n"): typeof import('./graphql.ts').SetTypingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ToggleReaction($input: ToggleReactionInput!) {\n    toggleReaction(input: $input) { message { id reactions { emoji count viewerHas } } eventCursor }\n  }\n"): typeof import('./graphql.ts').ToggleReactionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MarkConversationRead($input: MarkConversationReadInput!) {\n    markConversationRead(input: $input) { conversation { id unreadCount } }\n  }\n"): typeof import('./graphql.ts').MarkConversationReadDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateOffer($input: CreateOfferInput!) {\n    createOffer(input: $input) { offer { id title } eventCursor }\n  }\n"): typeof import('./graphql.ts').CreateOfferDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AcceptOffer($input: AcceptOfferInput!) {\n    acceptOffer(input: $input) { offer { id status version allowedMoves } eventCursor }\n  }\n"): typeof import('./graphql.ts').AcceptOfferDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateOffer($input: UpdateOfferInput!) {\n    updateOffer(input: $input) { offer { id status version allowedMoves amount { minorUnits currency } } eventCursor }\n  }\n"): typeof import('./graphql.ts').UpdateOfferDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Events($topics: [TopicRef!]!, $after: [Cursor!]) {\n    events(topics: $topics, after: $after) {\n      __typename\n      ... on Event { id cursor type at topic { id kind } actor { id name } }\n      ... on TaskEvent { task { id title status priority version deletedAt assignee { id name } } }\n      ... on CommentAdded { comment { id text deletedAt createdAt author { id name } replyTo { id } } }\n      ... on CommentEdited { comment { id text } }\n      ... on CommentDeleted { comment { id text deletedAt } }\n      ... on ContentEvent { content { id title body version status } }\n      ... on RatingAdded { content { id rating { average count mine } } }\n      ... on MessageSent {\n        message { id content deletedAt isEdited createdAt author { id name } reactions { emoji count viewerHas } }\n      }\n      ... on MessageEdited { message { id content isEdited } }\n      ... on MessageDeleted { message { id content deletedAt } }\n      ... on ReactionChanged { message { id reactions { emoji count viewerHas } } }\n      ... on MessagesRead { positions { userId messageId } }\n      ... on OfferCreated {\n        offer {\n          id title status version allowedMoves expiresAt\n          amount { minorUnits currency }\n          sender { id name }\n          recipient { id name }\n          proposer { id name }\n        }\n      }\n      ... on OfferUpdated {\n        offer { id status version allowedMoves expiresAt amount { minorUnits currency } proposer { id name } }\n      }\n      ... on OfferAccepted { offer { id status version allowedMoves } }\n      ... on MemberAdded { user { id name } }\n      ... on MemberRemoved { user { id name } }\n      ... on Checkpoint { cursors { topic cursor } }\n      ... on AccessLost { topicId }\n    }\n  }\n"): typeof import('./graphql.ts').EventsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Inbox {\n    notifications(first: 30, filter: { states: [UNREAD, READ] }) {\n      nodes { id title type reason count state updatedAt topic { id kind } }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      counts { unread total snoozed done }\n      headCursor\n    }\n  }\n"): typeof import('./graphql.ts').InboxDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription InboxChanges($after: Cursor) {\n    inbox(after: $after) {\n      __typename\n      id\n      cursor\n      at\n      counts { unread total snoozed done }\n      ... on NotificationUpserted {\n        alert\n        notification { id title type reason count state updatedAt topic { id kind } }\n      }\n      ... on NotificationsChanged { action notifications { id state } }\n      ... on BatchReleased { alert count summary cause }\n      ... on AttentionChanged {\n        change\n        attention {\n          preset presetInWords chosen state stateUntil held nextReleaseAt timeZone batchTimes version\n          quietWindows { days from to }\n          focus { startedAt until }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').InboxChangesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Why($id: ID!) {\n    notification(id: $id) { id why { id channel state sentence decidedAt dueAt } }\n  }\n"): typeof import('./graphql.ts').WhyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateNotifications($input: UpdateNotificationsInput!) {\n    updateNotifications(input: $input) { changeId changed counts { unread total snoozed done } eventCursor }\n  }\n"): typeof import('./graphql.ts').UpdateNotificationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Undo($input: UndoInput!) {\n    undo(input: $input) { changed counts { unread total snoozed done } eventCursor }\n  }\n"): typeof import('./graphql.ts').UndoDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Places {\n    me { id name externalId role }\n    projects(first: 20) { nodes { id externalId name } pageInfo { hasNextPage hasPreviousPage } }\n    contents(first: 20) { nodes { id externalId title status } pageInfo { hasNextPage hasPreviousPage } }\n    conversations(first: 20) { nodes { id externalId title kind } pageInfo { hasNextPage hasPreviousPage } }\n  }\n"): typeof import('./graphql.ts').PlacesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Session {\n    session { id instanceId serverTime tokenExpiresAt limits { name limit remaining resetAt } }\n  }\n"): typeof import('./graphql.ts').SessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Achievements {\n    events(topics: [{ kind: USER }], types: [ACHIEVEMENT_EARNED]) {\n      __typename\n      ... on AchievementEarned { id cursor type at achievement style finishedTask { id title } finishedProject { id name } }\n      ... on AccessLost { topicId }\n    }\n  }\n"): typeof import('./graphql.ts').AchievementsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ScenarioPeople {\n    users(first: 100) { nodes { id externalId name } pageInfo { hasNextPage hasPreviousPage } }\n  }\n"): typeof import('./graphql.ts').ScenarioPeopleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ScenarioPresence($userIds: [ID!]!) {\n    presence(userIds: $userIds) { user { id } online devices }\n  }\n"): typeof import('./graphql.ts').ScenarioPresenceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ScenarioEvents($topics: [TopicRef!]!) {\n    events(topics: $topics) {\n      __typename\n      ... on Event { id cursor topic { id } actor { id } }\n      ... on MessageEvent { message { id content isEdited deletedAt author { id } } }\n      ... on MemberAdded { user { id } }\n      ... on MemberRemoved { user { id } }\n      ... on AccessLost { topicId }\n    }\n  }\n"): typeof import('./graphql.ts').ScenarioEventsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ScenarioSignals($topics: [TopicRef!]!) {\n    signals(topics: $topics) {\n      __typename\n      ... on PresenceSignal { status topicId userId }\n    }\n  }\n"): typeof import('./graphql.ts').ScenarioSignalsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ScenarioInbox {\n    inbox {\n      __typename\n      ... on NotificationUpserted { notification { id reason topic { id } } }\n    }\n  }\n"): typeof import('./graphql.ts').ScenarioInboxDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EditMessage($input: EditMessageInput!) {\n    editMessage(input: $input) { message { id content isEdited } eventCursor }\n  }\n"): typeof import('./graphql.ts').EditMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteMessage($input: DeleteMessageInput!) {\n    deleteMessage(input: $input) { message { id content deletedAt } eventCursor }\n  }\n"): typeof import('./graphql.ts').DeleteMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AddParticipant($input: AddParticipantInput!) {\n    addParticipant(input: $input) { eventCursor }\n  }\n"): typeof import('./graphql.ts').AddParticipantDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveParticipant($input: RemoveParticipantInput!) {\n    removeParticipant(input: $input) { eventCursor }\n  }\n"): typeof import('./graphql.ts').RemoveParticipantDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ScenarioMessages($conversationId: ID!) {\n    messages(conversationId: $conversationId, first: 100) { nodes { id content } pageInfo { hasNextPage hasPreviousPage } }\n  }\n"): typeof import('./graphql.ts').ScenarioMessagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Sync($topics: [TopicRef!]!, $since: [Cursor!]!) {\n    sync(topics: $topics, since: $since) {\n      hasMore\n      items { __typename ... on MessageEvent { message { id } } }\n    }\n  }\n"): typeof import('./graphql.ts').SyncDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Sessions {\n    sessions { id instanceId }\n  }\n"): typeof import('./graphql.ts').SessionsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Limits {\n    session { limits { name limit remaining } }\n  }\n"): typeof import('./graphql.ts').LimitsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Ping {\n    ping { event timestamp }\n  }\n"): typeof import('./graphql.ts').PingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation HandOver($heir: AddMemberInput!, $leave: LeaveConversationInput!) {\n    addMember(input: $heir) { eventCursor }\n    leaveConversation(input: $leave) { eventCursor }\n  }\n"): typeof import('./graphql.ts').HandOverDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Leave($leave: LeaveConversationInput!) {\n    leaveConversation(input: $leave) { eventCursor }\n  }\n"): typeof import('./graphql.ts').LeaveDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Board($projectId: ID!) {\n    project(id: $projectId) { id name viewerRole members(first: 20) { nodes { role user { id name } } } }\n    tasks(projectId: $projectId, first: 50) {\n      nodes { id title status priority version deletedAt assignee { id name } }\n      pageInfo { hasNextPage hasPreviousPage endCursor }\n      headCursor\n    }\n  }\n"): typeof import('./graphql.ts').BoardDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateTask($input: CreateTaskInput!) {\n    createTask(input: $input) { task { id title } eventCursor }\n  }\n"): typeof import('./graphql.ts').CreateTaskDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateTask($input: UpdateTaskInput!) {\n    updateTask(input: $input) { task { id title status version } eventCursor }\n  }\n"): typeof import('./graphql.ts').UpdateTaskDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AssignTask($input: AssignTaskInput!) {\n    assignTask(input: $input) { task { id version assignee { id name } } eventCursor }\n  }\n"): typeof import('./graphql.ts').AssignTaskDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
