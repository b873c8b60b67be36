import { addedBool, bool, defineEvents, event, idsOf, json, token } from '../../events/define.ts';
import { parseTopicKey, topicKinds } from '../../events/topic.ts';

// What a topic is called after: the model of its row.
const models = { user: 'User', project: 'Project', content: 'Content', conversation: 'Conversation' } as const;

/** `OrderShipped` and `order.shipped` → `order shipped`. */
export function inWords(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[.:_\s-]+/)
    .join(' ')
    .toLowerCase();
}

/** What happened in other applications: published by their back ends, in topics of every kind. */
export const externalEvents = defineEvents(topicKinds, {
  ExternalEvent: event({
    description: 'Something happened in another application, which says so with `publishEvent`.',
    fields: {
      name: token('What happened, as the other application calls it: `OrderShipped`, `order.shipped`.'),
      data: json('What the other application says about it; the same for everybody who may read the topic.'),
      everybody: bool('Whether everybody who belongs to the topic was to be notified.'),
      critical: addedBool('Whether it was said that it cannot wait for quiet hours, focus or batches.'),
      recipients: idsOf('The people who were to be notified; empty with `everybody`, and when it was nobody.'),
    },
    notify: {
      reasons: ['PUBLISHED'],
      recipients: ({ data }) => data.recipients.map((userId) => ({ userId, reason: 'PUBLISHED' })),
      everyone: 'PUBLISHED',
      tellsEveryone: ({ data }) => data.everybody,
      critical: ({ data }) => data.critical === true,
      // What happens to one order is one thread; what is sent to one person is about as many things as it has names.
      thread: ({ topic, data }) => {
        const { kind, id } = parseTopicKey(topic);
        return kind === 'user' ? `external:${id}:${data.name}` : `external:${id}`;
      },
      subject: ({ topic }) => {
        const { kind, id } = parseTopicKey(topic);
        return { model: models[kind], id };
      },
      title: ({ actor, subject }, { topic, data }) =>
        // A conversation of two people has no name.
        `${parseTopicKey(topic).kind === 'user' ? actor : subject || actor}: ${inWords(data.name)}`,
    },
  }),
});
