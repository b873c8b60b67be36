import { defineEvents, event, followersOnly, oneOf, optionalOneOf, ref } from '../../events/define.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import { topicRoles } from '../../graphql/permissions.ts';

// Topics of a person's own have no members.
const models = { project: 'Project', content: 'Content', conversation: 'Conversation', user: 'User' } as const;

const role = (description: string) => oneOf('TopicRole', topicRoles, description);

const thread = ({ topic }: { topic: TopicKey }) => `topic:${parseTopicKey(topic).id}`;
const subject = ({ topic }: { topic: TopicKey }) => {
  const { kind, id } = parseTopicKey(topic);
  return { model: models[kind], id };
};

/** Who belongs to a project or conversation, and who writes a page. Actor and person are the same when somebody leaves. */
export const membershipEvents = defineEvents(['project', 'content', 'conversation'], {
  MemberAdded: event({
    wireName: ['participant:added', 'conversation:joined'],
    description: 'Somebody became a member. Also in their own topic, which is how their open streams gain this one.',
    fields: {
      user: ref('User', 'The new member.'),
      role: role('What they may do in the topic.'),
    },
    copies: ({ userId }) => [userId],
    access: ({ userId, role }) => ({ effect: 'granted', userId, role }),
    notify: {
      reasons: ['ADDED'],
      recipients: ({ data }) => [{ userId: data.userId, reason: 'ADDED' }],
      thread,
      subject,
      title: ({ actor, subject }) => `${actor} added you to ${subject || 'a conversation'}`,
      followers: { title: ({ actor, subject }) => `${actor} added somebody to ${subject || 'a conversation'}` },
    },
  }),
  MemberRemoved: event({
    wireName: ['participant:removed', 'conversation:removed'],
    description:
      'Somebody left or was removed; `actor` is who did it. Also in their own topic. Their streams of the topic end instead of showing it, unless they may read it still.',
    fields: {
      user: ref('User', 'The former member.'),
      remainsAs: optionalOneOf(
        'TopicRole',
        topicRoles,
        'What they may do there still, as everybody may on a published page; null: nothing.',
      ),
    },
    copies: ({ userId }) => [userId],
    notify: {
      ...followersOnly,
      thread,
      subject,
      followers: {
        title: ({ actor, subject }, { actorId, data }) =>
          actorId === data.userId
            ? `${actor} left ${subject || 'a conversation'}`
            : `${actor} removed somebody from ${subject || 'a conversation'}`,
      },
    },
    // Absent in events of older releases.
    access: ({ userId, remainsAs }) =>
      remainsAs ? { effect: 'granted', userId, role: remainsAs } : { effect: 'revoked', userId },
  }),
  MemberRoleChanged: event({
    description: 'A member may do more or less than before.',
    fields: {
      user: ref('User', 'The member.'),
      role: role('Their role from here on.'),
    },
    notify: {
      ...followersOnly,
      thread,
      subject,
      followers: {
        title: ({ actor, subject }) => `${actor} changed what somebody may do in ${subject || 'a conversation'}`,
      },
    },
    access: ({ userId, role }) => ({ effect: 'granted', userId, role }),
  }),
});
