// A person's attention as their front end sees it.
import type { TestApp } from './app.ts';
import type { Subscription } from './subscription.ts';
import type { Person } from './world.ts';

const attentionFields = `preset chosen timeZone quietWindows { days from to } batchTimes state stateUntil held nextReleaseAt
  breakThrough { reasons perDay usedToday } focus { until } alertStyle version`;

/** What somebody's attention is now. */
// biome-ignore lint/suspicious/noExplicitAny: tests read what they selected
export async function attentionOf(app: TestApp, person: Person, fields = attentionFields): Promise<any> {
  return (await app.ask(person, `{ attention { ${fields} } }`)).attention;
}

/** Runs a command about attention, and answers its payload; throws with the errors. */
export async function attend(
  app: TestApp,
  person: Person,
  name: string,
  input: object = {},
  selection = `attention { ${attentionFields} } released`,
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they selected
): Promise<any> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return (await app.ask(person, `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`, { input }))[
    name
  ];
}

export interface ShownDelivery {
  eventId: string;
  channel: 'INBOX' | 'ALERT' | 'EMAIL';
  state: 'SENT' | 'SKIPPED' | 'HELD' | 'RELEASED' | 'CANCELLED';
  decision: string;
  sentence: string;
  reason: string | null;
  dueAt: string | null;
  sentAt: string | null;
}

/** Somebody's deliveries of a channel, the newest first, once the consumers have handled everything. */
export async function deliveriesOf(app: TestApp, person: Person, channel: ShownDelivery['channel'] = 'ALERT') {
  await app.settled();
  const { deliveries } = await app.ask(
    person,
    `query ($channels: [NotificationChannel!]) { deliveries(first: 100, filter: { channels: $channels }) {
      nodes { eventId channel state decision sentence reason dueAt sentAt } } }`,
    { channels: [channel] },
  );
  return deliveries.nodes as ShownDelivery[];
}

/** The newest of them. */
export async function newest(app: TestApp, person: Person, channel: ShownDelivery['channel'] = 'ALERT') {
  const [delivery] = await deliveriesOf(app, person, channel);
  if (!delivery) throw new Error('nothing was decided');
  return delivery;
}

const inboxDocument = `subscription { inbox { __typename cursor counts { unread }
  ... on NotificationUpserted { alert }
  ... on BatchReleased { ids count cause summary alert notifications { id title } }
  ... on AttentionChanged { change attention { state held } } } }`;

/** What a device of somebody's hears of their inbox. */
// biome-ignore lint/suspicious/noExplicitAny: tests read what they selected
export async function device(app: TestApp, person: Person): Promise<Subscription<{ inbox: any }>> {
  // Hours pass in these tests.
  const authToken = await app.token(person, { exp: app.clock.now().getTime() / 1_000 + 14 * 24 * 3_600 });
  return (await app.socket(person, { connectionParams: { authToken } })).subscribe(inboxDocument) as never;
}
