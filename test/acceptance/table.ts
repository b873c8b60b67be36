// The authorization matrix: each field of the schema, and who may. Complete: authorization.websocket.test.ts compares
// it with the schema, so that a field without a row fails. A row may be there before its field.
import { everybody, inTopic, inWorkspace, type Scene, type Subject, type Who } from './people.ts';

/** One operation in the matrix. */
export interface Row {
  readonly document: string;
  /** Whom it is not refused. */
  readonly may: readonly Who[];
  /** What it is about, made anew for each who may; absent: about nothing, or about whoever asks. */
  readonly about?: (scene: Scene) => Promise<Subject>;
  readonly variables?: (subject: Subject, scene: Scene) => Record<string, unknown>;
  /** Who knows that the subject exists, may or may not; absent: whoever has a role in its topic. */
  readonly known?: readonly Who[];
  /** True: all who may share the subject. */
  readonly once?: boolean;
  /** What those who may are answered, where that is an error. */
  readonly answer?: string;
}

const writers = ['owner', 'admin', 'member'] as const;
const managers = ['owner', 'admin'] as const;
/** MEMBERs and ADMINs of a workspace, each of their own. */
const creators = everybody.filter((who) => who !== 'visitor' && who !== 'bot');
const ofWorkspace = [...inTopic, ...inWorkspace] as const;

/** A query or subscription; where it is about something, that is `$id`. */
function read(document: string, may: readonly Who[], about?: Row['about']): Row {
  return about ? { document, may, about, variables: ({ id }) => ({ id }) } : { document, may };
}

function mutation(
  name: string,
  may: readonly Who[],
  about: Row['about'],
  input: (subject: Subject, scene: Scene) => object,
  more: Pick<Row, 'once' | 'answer'> = {},
): Row {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return {
    document: `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`,
    may,
    ...(about && { about }),
    variables: (subject, scene) => ({ input: input(subject, scene) }),
    ...more,
  };
}

const project = ({ same }: Scene) => same.project();
const content = ({ same }: Scene) => same.content();
const conversation = ({ same }: Scene) => same.conversation();
const task = (scene: Scene) => scene.task();
const message = (scene: Scene) => scene.message();
const page = '{ nodes { id } }';
const contentById = 'query ($id: ID!) { content(id: $id) { id body } }';

export const queries: Readonly<Record<string, Row | readonly Row[]>> = {
  activeUsers: read(`{ activeUsers ${page} }`, ['manager']),
  activity: read(`query ($id: ID!) { activity(topics: [{ kind: PROJECT, id: $id }]) ${page} }`, inTopic, project),
  attention: read('{ attention { state } }', everybody),
  content: [read(contentById, writers, content), read(contentById, ofWorkspace, ({ same }) => same.published())],
  contents: read(`{ contents ${page} }`, everybody),
  conversation: read('query ($id: ID!) { conversation(id: $id) { id } }', inTopic, conversation),
  conversations: read(`{ conversations ${page} }`, everybody),
  deliveries: read(`{ deliveries ${page} }`, everybody),
  digestRuns: read(`{ digestRuns ${page} }`, everybody),
  effective: [
    read('{ effective(channel: ALERT) { value } }', everybody),
    read(
      'query ($id: ID!) { effective(channel: ALERT, topic: { kind: PROJECT, id: $id }) { value } }',
      inTopic,
      project,
    ),
  ],
  explain: read('query ($id: ID!) { explain(eventId: $id) { concerned } }', inTopic, (scene) => scene.event()),
  follows: read('{ follows { nodes { level } } }', everybody),
  me: read('{ me { id } }', everybody),
  messages: read(`query ($id: ID!) { messages(conversationId: $id) ${page} }`, inTopic, conversation),
  node: read('query ($id: ID!) { node(id: $id) { id } }', inTopic, task),
  notification: read('query ($id: ID!) { notification(id: $id) { id } }', ['owner'], (scene) => scene.notification()),
  notifications: read(`{ notifications ${page} }`, everybody),
  previewDigest: read('{ previewDigest { count } }', everybody),
  offer: read('query ($id: ID!) { offer(id: $id) { id } }', inTopic, (scene) => scene.offer()),
  ping: read('{ ping { event } }', everybody),
  presence: read('{ presence(userIds: []) { devices } }', everybody),
  project: read('query ($id: ID!) { project(id: $id) { id } }', inTopic, project),
  projects: read(`{ projects ${page} }`, everybody),
  rules: read('{ rules { id } }', everybody),
  runningTimer: read('{ runningTimer { id } }', everybody),
  session: read('{ session { id } }', everybody),
  sessions: [read('{ sessions { id } }', everybody), read('{ sessions(all: true) { id } }', ['manager'])],
  sync: read(
    'query ($id: ID!) { sync(topics: [{ kind: PROJECT, id: $id }], since: []) { hasMore } }',
    inTopic,
    project,
  ),
  task: read('query ($id: ID!) { task(id: $id) { id } }', inTopic, task),
  tasks: read(`query ($id: ID!) { tasks(projectId: $id) ${page} }`, inTopic, project),
  users: [read(`{ users ${page} }`, everybody), read(`{ users(deactivated: true) ${page} }`, ['manager'])],
};

const aPerson = (scene: Scene) => scene.person();
const outsider =
  (about: NonNullable<Row['about']>): NonNullable<Row['about']> =>
  async (scene) => ({ ...(await about(scene)), userId: (await scene.person()).id });
const comment = (scene: Scene) => scene.comment();
const offer = (scene: Scene) => scene.offer();
const notification = (scene: Scene) => scene.notification();
const inProjectOf = ({ id, userId }: Subject) => ({ topicId: id, userId });
const inConversationOf = ({ id, userId }: Subject) => ({ conversationId: id, userId });

export const mutations: Readonly<Record<string, Row>> = {
  acceptOffer: mutation('acceptOffer', ['member'], offer, ({ id }) => ({ offerId: id })),
  addComment: mutation('addComment', inTopic, task, ({ id }) => ({ taskId: id, text: 'A comment' })),
  addMember: mutation('addMember', managers, outsider(project), inProjectOf),
  addParticipant: mutation('addParticipant', managers, outsider(conversation), inConversationOf),
  assignTask: mutation('assignTask', writers, task, ({ id, userId }) => ({ taskId: id, assigneeId: userId })),
  changeMemberRole: mutation(
    'changeMemberRole',
    managers,
    (scene) => scene.membership('project')(),
    (subject) => ({ ...inProjectOf(subject), role: 'GUEST' }),
  ),
  createContent: mutation('createContent', creators, undefined, () => ({ type: 'PAGE', title: 'A page' })),
  createConversation: mutation('createConversation', creators, undefined, () => ({
    kind: 'GROUP',
    participantIds: [],
  })),
  createOffer: mutation('createOffer', writers, conversation, ({ id, userId }) => ({
    conversationId: id,
    recipientId: userId,
    title: 'An offer',
    amount: { minorUnits: 100, currency: 'EUR' },
  })),
  createProject: mutation('createProject', creators, undefined, () => ({ name: 'A project' })),
  createTask: mutation('createTask', writers, project, ({ id }) => ({ projectId: id, title: 'A task' })),
  deactivateUser: mutation('deactivateUser', ['manager'], aPerson, ({ id }) => ({ userId: id })),
  deleteComment: mutation('deleteComment', managers, comment, ({ id }) => ({ commentId: id })),
  deleteContent: mutation(
    'deleteContent',
    ['owner'],
    (scene) => scene.content(),
    ({ id }) => ({ contentId: id }),
  ),
  deleteMessage: mutation('deleteMessage', ['owner'], message, ({ id }) => ({ messageId: id })),
  deleteProject: mutation(
    'deleteProject',
    ['owner'],
    (scene) => scene.project(),
    ({ id }) => ({ projectId: id }),
  ),
  deleteTask: mutation('deleteTask', writers, task, ({ id }) => ({ taskId: id })),
  editComment: mutation('editComment', ['owner'], comment, ({ id }) => ({ commentId: id, text: 'Edited' })),
  editMessage: mutation('editMessage', ['owner'], message, ({ id }) => ({ messageId: id, content: 'Edited' })),
  endSession: mutation(
    'endSession',
    ['manager'],
    (scene) => scene.session(),
    ({ id }) => ({ id }),
  ),
  leaveConversation: mutation(
    'leaveConversation',
    inTopic,
    (scene) => scene.conversation(),
    ({ id }) => ({ conversationId: id }),
    { once: true },
  ),
  endFocus: mutation('endFocus', everybody, undefined, () => ({})),
  follow: mutation('follow', inTopic, project, ({ id }) => ({ topic: { kind: 'PROJECT', id }, level: 'ALL' })),
  leaveTopic: mutation(
    'leaveTopic',
    inTopic,
    (scene) => scene.project(),
    ({ id }) => ({ topicId: id }),
    { once: true },
  ),
  markAllNotificationsRead: mutation('markAllNotificationsRead', everybody, undefined, () => ({})),
  markConversationRead: mutation('markConversationRead', inTopic, conversation, ({ id }) => ({ conversationId: id })),
  markNotificationRead: mutation('markNotificationRead', ['owner'], notification, ({ id }) => ({ id })),
  pauseAlerts: mutation('pauseAlerts', everybody, undefined, () => ({})),
  publishContent: mutation(
    'publishContent',
    managers,
    (scene) => scene.content(),
    ({ id }) => ({ contentId: id }),
  ),
  // It takes a service token, which is no person's: src/domains/external/external.test.ts.
  publishEvent: mutation('publishEvent', [], project, ({ id }) => ({
    topic: { kind: 'PROJECT', id },
    name: 'invoice.paid',
  })),
  renewUnsubscribeLink: mutation('renewUnsubscribeLink', everybody, undefined, () => ({})),
  releaseHeld: mutation('releaseHeld', everybody, undefined, () => ({})),
  resetRules: mutation('resetRules', everybody, undefined, () => ({})),
  resumeAlerts: mutation('resumeAlerts', everybody, undefined, () => ({})),
  setRule: mutation('setRule', everybody, undefined, () => ({ channel: 'ALERT', value: 'ON' })),
  sendDigestNow: mutation('sendDigestNow', everybody, undefined, () => ({})),
  startFocus: mutation('startFocus', everybody, undefined, () => ({ minutes: 1 })),
  unfollow: mutation('unfollow', inTopic, project, ({ id }) => ({ topic: { kind: 'PROJECT', id } })),
  updateAttention: mutation('updateAttention', everybody, undefined, () => ({})),
  rateContent: mutation('rateContent', writers, content, ({ id }) => ({ contentId: id, value: 4 })),
  reactivateUser: mutation('reactivateUser', ['manager'], aPerson, ({ id }) => ({ userId: id })),
  // A request over HTTP has nothing that lasts: src/domains/identity/tokens.test.ts and the tests of sessions.
  refreshSession: mutation('refreshSession', everybody, undefined, () => ({ token: 'none' }), {
    answer: 'VALIDATION_ERROR',
  }),
  removeMember: mutation('removeMember', managers, (scene) => scene.membership('project')(), inProjectOf),
  removeParticipant: mutation(
    'removeParticipant',
    managers,
    (scene) => scene.membership('conversation')(),
    inConversationOf,
  ),
  sendMessage: mutation('sendMessage', inTopic, conversation, ({ id }) => ({ conversationId: id, content: 'Hello' })),
  setTyping: mutation('setTyping', inTopic, conversation, ({ id }) => ({
    topic: { kind: 'CONVERSATION', id },
    typing: false,
  })),
  setViewing: mutation('setViewing', inTopic, project, ({ id }) => ({
    topic: { kind: 'PROJECT', id },
    viewing: false,
  })),
  setWorkspaceRole: mutation('setWorkspaceRole', ['manager'], aPerson, ({ id }) => ({ userId: id, role: 'GUEST' })),
  startTimer: mutation('startTimer', writers, task, ({ id }) => ({ taskId: id })),
  stopTimer: mutation(
    'stopTimer',
    ['owner'],
    (scene) => scene.timer(),
    ({ id }) => ({ id }),
  ),
  toggleReaction: mutation('toggleReaction', inTopic, message, ({ id }) => ({ messageId: id, emoji: '👍' })),
  // Nobody knows of another's changes; one's own: src/domains/notifications/states.websocket.test.ts.
  undo: mutation('undo', everybody, undefined, () => ({ changeId: '00000000-0000-7000-8000-000000000000' }), {
    answer: 'CONFLICT',
  }),
  unpublishContent: mutation('unpublishContent', managers, content, ({ id }) => ({ contentId: id })),
  updateContent: mutation('updateContent', writers, content, ({ id }) => ({ contentId: id, title: 'Renamed' })),
  updateMe: mutation('updateMe', everybody, undefined, () => ({ sharePresence: true })),
  updateNotifications: mutation('updateNotifications', ['owner'], notification, ({ id }) => ({
    ids: [id],
    action: 'READ',
  })),
  updateOffer: mutation('updateOffer', ['owner'], offer, ({ id }) => ({ offerId: id, status: 'WITHDRAWN' })),
  updateProject: mutation('updateProject', managers, project, ({ id }) => ({ projectId: id, name: 'Renamed' })),
  updateTask: mutation('updateTask', writers, task, ({ id }) => ({ taskId: id, title: 'Renamed' })),
};

const stream = (field: string) => `subscription ($id: ID!) { ${field} { __typename } }`;

export const subscriptions: Readonly<Record<string, Row>> = {
  events: read(stream('events(topics: [{ kind: PROJECT, id: $id }])'), inTopic, project),
  inbox: read('subscription { inbox { __typename } }', everybody),
  liveUpdate: read(stream('liveUpdate(contentId: $id)'), writers, content),
  newComment: read(stream('newComment(contentId: $id)'), writers, content),
  newMessage: read(stream('newMessage(conversationId: $id)'), inTopic, conversation),
  newRating: read(stream('newRating(contentId: $id)'), writers, content),
  signals: read(stream('signals(topics: [{ kind: PROJECT, id: $id }])'), inTopic, project),
  taskUpdated: read(stream('taskUpdated(projectId: $id)'), inTopic, project),
};

const owner = async ({ people }: Scene): Promise<Subject> => ({ id: people.owner.id, userId: people.owner.id });
const ofUser = (field: string, may: readonly Who[]): Row => ({
  ...read(`query ($id: ID!) { node(id: $id) { ... on User { ${field} } } }`, may, owner),
  known: ofWorkspace,
});
const ofTask = (field: string, may: readonly Who[]) =>
  read(`query ($id: ID!) { task(id: $id) { ${field} } }`, may, task);
/** What is guarded against those who have lost the topic is reached by those who have it. */
const ofTopic = (kind: string, field: string, about: NonNullable<Row['about']>) =>
  read(`query ($id: ID!) { ${kind}(id: $id) { ${field} } }`, kind === 'content' ? writers : inTopic, about);
const change = (field: string) =>
  read(
    `query ($id: ID!) { activity(topics: [{ kind: PROJECT, id: $id }], types: [TASK_UPDATED]) {
      nodes { ... on TaskUpdated { changes { ${field} } } } } }`,
    writers,
    (scene) => scene.estimated(),
  );

/** Fields within objects that not everybody who has the object may read, and types whose objects are somebody's. */
export const guarded: Readonly<Record<string, Row>> = {
  'Change.from': change('from'),
  'Change.to': change('to'),
  'Content.members': ofTopic('content', 'members { nodes { role } }', content),
  'Content.viewers': ofTopic('content', 'viewers { count }', content),
  'Conversation.participants': ofTopic('conversation', 'participants { nodes { role } }', conversation),
  'Conversation.viewers': ofTopic('conversation', 'viewers { count }', conversation),
  Notification: read('query ($id: ID!) { node(id: $id) { id } }', ['owner'], notification),
  'Offer.amount': read('query ($id: ID!) { offer(id: $id) { amount { minorUnits } } }', ['owner', 'member'], offer),
  'Presence.sessionCount': ofUser('presence { sessionCount }', ['owner', 'manager']),
  'Project.members': ofTopic('project', 'members { nodes { role } }', project),
  'Project.viewers': ofTopic('project', 'viewers { count }', project),
  'Session.ip': read('{ session { ip } }', everybody),
  'Task.estimateMinutes': ofTask('estimateMinutes', writers),
  'Task.timeEntries': ofTask('timeEntries { nodes { id } }', writers),
  TimeEntry: read('query ($id: ID!) { node(id: $id) { ... on TimeEntry { durationMs } } }', writers, (scene) =>
    scene.timer(),
  ),
  'Topic.members': ofTopic('project', 'topic { members { nodes { role } } }', project),
  'Topic.viewers': ofTopic('project', 'topic { viewers { count } }', project),
  'User.deactivatedAt': ofUser('deactivatedAt', ['manager']),
  'User.email': ofUser('email', ['owner', 'manager']),
  'User.sharePresence': ofUser('sharePresence', ['owner']),
  'User.shareReadReceipts': ofUser('shareReadReceipts', ['owner']),
};
