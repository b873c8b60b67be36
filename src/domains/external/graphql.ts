import { builder } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { publishEvent } from './commands.ts';

const NewTopic = builder.inputType('NewTopicInput', {
  description: 'What to make of a project that is named for the first time; of one that is there nothing changes.',
  fields: (t) => ({
    name: t.string({ description: 'Its name; absent: its externalId.' }),
    owners: t.idList({
      description: 'Who manages it beside the program itself: ids or externalIds, at most EXTERNAL_MAX_PEOPLE (100).',
    }),
    members: t.idList({ description: 'Who works in it: ids or externalIds, at most EXTERNAL_MAX_PEOPLE (100).' }),
  }),
});

mutation('publishEvent', {
  description:
    'Says what happened in another application, in a topic of the workspace: it arrives as ExternalEvent in streams, feed and inbox. Takes a service token (scope events:publish) of a BOT.',
  tokens: 'service',
  inputFields: (t) => ({
    topic: t.field({
      type: 'TopicRef',
      required: true,
      description:
        'Where: a topic by id or externalId, a person also by theirs. A project that is not there yet is made when it is named by an externalId.',
    }),
    name: t.string({
      required: true,
      description:
        'What happened, a fact in the past tense, such as OrderShipped or order.shipped: words of letters and digits joined by . : _ or -, at most 100 characters.',
    }),
    data: t.field({
      type: 'JSON',
      description:
        'More about it: a JSON object of at most EXTERNAL_DATA_MAX_BYTES. Everybody who reads the topic reads it.',
    }),
    critical: t.boolean({
      description:
        'True: it alerts in quiet hours and focus and waits for no batch. A pause holds it, and who muted the place or made a rule against it hears nothing. For what harms if it is learned an hour late.',
    }),
    recipients: t.idList({
      description:
        'Who is notified, of those who may read the topic: ids or externalIds, at most EXTERNAL_MAX_PEOPLE (100); absent: everybody who belongs to it, empty: nobody. The event is in the streams of all.',
    }),
    create: t.field({
      type: NewTopic,
      description:
        'What to make of a project that is named for the first time; absent: one with only the program in it.',
    }),
  }),
  run: (context, input) => publishEvent(context, input),
  // No objects: whoever may only publish reads nothing.
  outputFields: (t) => ({
    eventId: t.exposeID('eventId', { description: 'Id of the event.' }),
    topicId: t.exposeID('topicId', { description: 'Id of the topic.' }),
    created: t.exposeBoolean('created', { description: 'Whether this call made the topic.' }),
  }),
});
