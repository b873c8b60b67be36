import type { EventsSubscription } from './generated/graphql.ts';

/** Something that happened in a place. */
export type ConsoleEvent = EventsSubscription['events'];

/** `TaskUpdated` → `task updated` */
export function plain(name: string): string {
  return name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

export function timeOf(at: string | Date): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** Hours and minutes. */
export function hourOf(at: string | Date): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

export function initialsOf(name: string): string {
  return name
    .split(' ')
    .map(([first = '']) => first)
    .join('')
    .slice(0, 2);
}

/** What happened, as far as the event says it. */
export function sentenceOf(event: Exclude<ConsoleEvent, { __typename: 'Checkpoint' | 'AccessLost' }>): string {
  const who = 'actor' in event ? (event.actor?.name ?? 'Belfry') : 'Belfry';
  return `${who}: ${whatOf(event)}`;
}

function whatOf(event: ConsoleEvent): string {
  if ('task' in event && event.task) return event.task.title;
  if ('comment' in event && event.comment) return event.comment.text ?? 'deleted';
  if ('message' in event && event.message && 'content' in event.message) return event.message.content ?? 'deleted';
  if ('content' in event && event.content && 'title' in event.content) return event.content.title;
  if ('offer' in event && event.offer) return 'title' in event.offer ? event.offer.title : plain(event.offer.status);
  if ('user' in event && event.user) return event.user.name;
  return plain(event.__typename ?? '');
}
