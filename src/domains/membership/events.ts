import { defineEvents, event, oneOf, ref } from '../../events/define.ts';
import { parseTopicKey } from '../../events/topic.ts';
import { topicRoles } from '../../graphql/permissions.ts';

const role = (description: string) => oneOf('TopicRole', topicRoles, description);

/** Who belongs to a project or conversation. Actor and person are the same when somebody leaves. */
export const membershipEvents = defineEvents(['project', 'conversation'], {
  MemberAdded: event({
    wireName: 'participant:added',
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
      thread: ({ topic }) => `topic:${parseTopicKey(topic).id}`,
      subject: ({ topic }) => {
        const { kind, id } = parseTopicKey(topic);
        return { model: kind === 'project' ? 'Project' : 'Conversation', id };
      },
      title: ({ actor, subject }) => `${actor} added you to ${subject}`,
    },
  }),
  MemberRemoved: event({
    wireName: 'participant:removed',
    description:
      'Somebody left or was removed; `actor` is who did it. Also in their own topic. Their streams of the topic end instead of showing it.',
    fields: { user: ref('User', 'The former member.') },
    copies: ({ userId }) => [userId],
    access: ({ userId }) => ({ effect: 'revoked', userId }),
  }),
  MemberRoleChanged: event({
    description: 'A member may do more or less than before.',
    fields: {
      user: ref('User', 'The member.'),
      role: role('Their role from here on.'),
    },
    access: ({ userId, role }) => ({ effect: 'granted', userId, role }),
  }),
});
