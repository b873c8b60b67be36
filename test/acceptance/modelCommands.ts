// What the model test does: the commands of a project, a page and a conversation, and what people show of them.
import fc from 'fast-check';

export const kinds = ['project', 'content', 'conversation'] as const;
export type Kind = (typeof kinds)[number];

/** What somebody shows of a topic. */
export const queries: Readonly<Record<Kind, string>> = {
  project: `query ($id: ID!) { tasks(projectId: $id, first: 20) { headCursor nodes {
    id title status version comments(first: 10) { nodes { id text version } } } } }`,
  content: `query ($id: ID!) { content(id: $id) { headCursor id title body status version rating { average count mine }
    comments(first: 20) { nodes { id text version deletedAt } } } }`,
  conversation: `query ($id: ID!) { conversation(id: $id) { headCursor id
    messages(first: 50) { nodes { id content isEdited version deletedAt reactions { emoji count } } }
    offers(first: 20) { nodes { id title status version } } } }`,
};
/** Asked for beside it, under a name that makes no part of what is shown. */
export const amounts = ['OfferCreated', 'OfferUpdated', 'OfferAccepted']
  .map((kind) => `... on ${kind} { guarded: offer { amount { minorUnits } } }`)
  .join(' ');

/** What a command makes or is about, beside its topic. */
const things = ['task', 'comment', 'message', 'offer'] as const;
export type Thing = (typeof things)[number];
/** `text` and `amount` are unlike any other; `object` is one of the command's things, or empty. */
type Chosen = { topic: string; person: string; object: string; text: string; amount: object; value: number };
interface Command {
  readonly kind: Kind;
  readonly name: string;
  /** What it is about. */
  readonly on?: Thing;
  readonly makes?: Thing;
  readonly input: (chosen: Chosen) => object;
}
const ofOffer = (name: string, input: (chosen: Chosen) => object = () => ({})): Command => ({
  kind: 'conversation',
  name,
  on: 'offer',
  input: (chosen) => ({ offerId: chosen.object, ...input(chosen) }),
});
export const commands: Readonly<Record<string, Command>> = {
  createTask: {
    kind: 'project',
    name: 'createTask',
    makes: 'task',
    input: ({ topic, text }) => ({ projectId: topic, title: text }),
  },
  updateTask: {
    kind: 'project',
    name: 'updateTask',
    on: 'task',
    input: ({ object, text }) => ({ taskId: object, title: text }),
  },
  deleteTask: { kind: 'project', name: 'deleteTask', on: 'task', input: ({ object }) => ({ taskId: object }) },
  comment: {
    kind: 'project',
    name: 'addComment',
    on: 'task',
    input: ({ object, text }) => ({ taskId: object, text }),
  },
  updateContent: {
    kind: 'content',
    name: 'updateContent',
    input: ({ topic, text }) => ({ contentId: topic, body: text }),
  },
  publish: { kind: 'content', name: 'publishContent', input: ({ topic }) => ({ contentId: topic }) },
  unpublish: { kind: 'content', name: 'unpublishContent', input: ({ topic }) => ({ contentId: topic }) },
  rate: {
    kind: 'content',
    name: 'rateContent',
    input: ({ topic, value }) => ({ contentId: topic, value: 1 + (value % 5) }),
  },
  commentPage: {
    kind: 'content',
    name: 'addComment',
    makes: 'comment',
    input: ({ topic, text }) => ({ contentId: topic, text }),
  },
  editComment: {
    kind: 'content',
    name: 'editComment',
    on: 'comment',
    input: ({ object, text }) => ({ commentId: object, text }),
  },
  deleteComment: {
    kind: 'content',
    name: 'deleteComment',
    on: 'comment',
    input: ({ object }) => ({ commentId: object }),
  },
  send: {
    kind: 'conversation',
    name: 'sendMessage',
    makes: 'message',
    input: ({ topic, text }) => ({ conversationId: topic, content: text }),
  },
  edit: {
    kind: 'conversation',
    name: 'editMessage',
    on: 'message',
    input: ({ object, text }) => ({ messageId: object, content: text }),
  },
  deleteMessage: {
    kind: 'conversation',
    name: 'deleteMessage',
    on: 'message',
    input: ({ object }) => ({ messageId: object }),
  },
  react: {
    kind: 'conversation',
    name: 'toggleReaction',
    on: 'message',
    input: ({ object }) => ({ messageId: object, emoji: '👍' }),
  },
  read: { kind: 'conversation', name: 'markConversationRead', input: ({ topic }) => ({ conversationId: topic }) },
  offer: {
    kind: 'conversation',
    name: 'createOffer',
    makes: 'offer',
    input: ({ topic, person, text, amount }) => ({ conversationId: topic, recipientId: person, title: text, amount }),
  },
  counter: ofOffer('updateOffer', ({ amount }) => ({ status: 'COUNTERED', amount })),
  decline: ofOffer('updateOffer', () => ({ status: 'DECLINED' })),
  withdraw: ofOffer('updateOffer', () => ({ status: 'WITHDRAWN' })),
  accept: ofOffer('acceptOffer'),
};
/** Those that change who may read; of every kind of topic. */
export const accessCommands: Readonly<Record<string, { name: string; role?: string }>> = {
  add: { name: 'addMember', role: 'MEMBER' },
  remove: { name: 'removeMember' },
  promote: { name: 'changeMemberRole', role: 'ADMIN' },
  demote: { name: 'changeMemberRole', role: 'GUEST' },
};
export const changesAccess = (name: string) => name in accessCommands || name === 'publish' || name === 'unpublish';

const action = fc.record({
  command: fc.constantFrom(
    ...Object.keys(commands),
    ...Object.keys(commands),
    ...Object.keys(accessCommands),
    'remove',
    // Cut off without a word, to come back behind the next batch.
    ...Array<'cut'>(5).fill('cut'),
  ),
  actor: fc.nat(3),
  person: fc.nat(3),
  object: fc.nat(),
  kind: fc.constantFrom(...kinds),
  elsewhere: fc.boolean(),
});
export type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;
/** Actions of one batch happen at the same time. */
export const batches = fc.array(fc.array(action, { minLength: 1, maxLength: 3 }), { minLength: 8, maxLength: 15 });
