import type { BuilderTypes } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import {
  addMember,
  changeMemberRole,
  leaveTopic,
  type MembershipResult,
  removeMember,
  type TopicInput,
} from './commands.ts';
import { readMembershipIfAny, readPerson, readTopicIfAny } from './queries.ts';
import { kindOf, type TopicRefShape } from './topics.ts';
import { Membership, Topic, TopicKind, TopicRole } from './types.ts';
import './streams.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>;
type InputBuilder = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;
type PayloadBuilder = PothosSchemaTypes.ObjectFieldBuilder<Types, MembershipResult>;

const whichTopic = (t: InputBuilder) => ({
  topicId: t.id({
    required: true,
    description: 'Id of the project, page or conversation; with `kind` also its externalId.',
  }),
  kind: t.field({
    type: TopicKind,
    description: 'PROJECT, CONTENT or CONVERSATION; needed only where `topicId` is an externalId.',
  }),
});

const whichMember = (t: InputBuilder) => ({
  ...whichTopic(t),
  userId: t.id({ required: true, description: 'Id of the person.' }),
});

/** What remains true for somebody who has just lost access, or asks again later: nothing here fails for them. */
const aboutTopic = (t: PayloadBuilder) => ({
  topicId: t.exposeID('topicId', { description: 'Id of the project, page or conversation.' }),
  topic: t.prismaField({
    type: Topic,
    nullable: true,
    description: 'The topic; null when whoever asks may not read it any more.',
    resolve: (query, { topicId }, _args, context) => readTopicIfAny(context, topicId, query),
  }),
});

const aboutPerson = (t: PayloadBuilder) => ({
  ...aboutTopic(t),
  user: t.prismaField({
    type: 'User',
    description: 'The person.',
    resolve: (query, { userId }, _args, context) => readPerson(context, userId, query),
  }),
});

const aboutMember = (t: PayloadBuilder) => ({
  ...aboutPerson(t),
  membership: t.prismaField({
    type: Membership,
    nullable: true,
    description:
      'The membership as it is now; null when it has ended, or whoever asks may not read the topic any more.',
    resolve: (query, result, _args, context) => readMembershipIfAny(context, result, query),
  }),
});

/** The input of a command, with the kind as topics have it. */
function named<Input extends { kind?: TopicRefShape['kind'] | null | undefined }>(
  input: Input,
): Omit<Input, 'kind'> & Pick<TopicInput, 'kind'> {
  return { ...input, kind: input.kind ? kindOf(input.kind) : null };
}

mutation('addMember', {
  description:
    'Makes a person of the workspace a member of a project or conversation, or an author of a page. For OWNERs and ADMINs, up to their own role; guests of the workspace can be MEMBER or GUEST, authors are no GUESTs. Nothing happens when they have the role already.',
  inputFields: (t) => ({
    ...whichMember(t),
    role: t.field({ type: TopicRole, defaultValue: 'MEMBER', description: 'What they may do in it.' }),
  }),
  run: (context, input) => addMember(context, named(input)),
  outputFields: aboutMember,
});

mutation('removeMember', {
  description:
    'Ends a membership: the streams of that person end before anything that is committed later, but for those of a published page, which they read on as a GUEST. For OWNERs and ADMINs, not for somebody of a higher role; the last OWNER stays.',
  inputFields: whichMember,
  run: (context, input) => removeMember(context, named(input)),
  outputFields: aboutPerson,
});

mutation('changeMemberRole', {
  description:
    'Changes what a member may do. For OWNERs and ADMINs, up to their own role and not for somebody of a higher one; the last OWNER stays OWNER.',
  inputFields: (t) => ({
    ...whichMember(t),
    role: t.field({ type: TopicRole, required: true, description: 'The new role.' }),
    expectedRole: t.field({
      type: TopicRole,
      description: 'The role they are believed to have; CONFLICT when it is another one by now.',
    }),
  }),
  run: (context, input) => changeMemberRole(context, named(input)),
  outputFields: aboutMember,
});

mutation('leaveTopic', {
  description: 'Ends the membership of whoever asks. The last OWNER makes somebody else OWNER first.',
  inputFields: whichTopic,
  run: (context, input) => leaveTopic(context, named(input)),
  outputFields: aboutTopic,
});
