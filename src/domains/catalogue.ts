import './identity/graphql.ts';
import './identity/sessionGraphql.ts';
import './membership/graphql.ts';
import './projects/graphql.ts';
import './tasks/graphql.ts';
import './time/graphql.ts';
import './content/graphql.ts';
import './comments/graphql.ts';
import './chat/graphql.ts';
import './chat/messageGraphql.ts';
import './chat/readingGraphql.ts';
import './offers/graphql.ts';
import './external/graphql.ts';
import './notifications/graphql.ts';
import './attention/graphql.ts';
import './digest/graphql.ts';
import './presence/graphql.ts';
import { type EventInterface, eventRegistry } from '../events/define.ts';
import { achievementEvents, attentionEvents } from './attention/events.ts';
import { chatEvents, messageEventInterface } from './chat/events.ts';
import { commentEvents } from './comments/events.ts';
import { contentEventInterface, contentEvents } from './content/events.ts';
import { externalEvents } from './external/events.ts';
import { identityEvents } from './identity/events.ts';
import { membershipEvents } from './membership/events.ts';
import { notificationEvents } from './notifications/events.ts';
import { offerEvents } from './offers/events.ts';
import { projectEvents } from './projects/events.ts';
import { reminderEvents, taskEventInterface, taskEvents } from './tasks/events.ts';
import { timeEvents } from './time/events.ts';

/** Every event of every domain: one line per domain. */
export const events = eventRegistry(
  identityEvents,
  membershipEvents,
  projectEvents,
  taskEvents,
  timeEvents,
  contentEvents,
  commentEvents,
  chatEvents,
  offerEvents,
  externalEvents,
  notificationEvents,
  attentionEvents,
  reminderEvents,
  achievementEvents,
);

/** GraphQL interfaces that several kinds of events share. */
export const eventInterfaces: readonly EventInterface[] = [
  taskEventInterface,
  contentEventInterface,
  messageEventInterface,
];
