import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { backEnd, run } from '../../../test/support/commands.ts';
import { readInbox } from '../../../test/support/inbox.ts';
import { request } from '../../../test/support/request.ts';
import { verifyEvents } from '../../../test/support/verifyEvents.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';
import { inWords } from './events.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const project = (id: string) => ({ kind: 'PROJECT', id });
const events = `subscription ($topics: [TopicRef!]!) { events(topics: $topics) { __typename
  ... on Event { cursor actor { name } topic { id externalId } } ... on ExternalEvent { name data everybody recipients } } }`;

type Refused = { errors?: { message: string; extensions?: Record<string, unknown> }[] | undefined };
function refusal({ errors }: Refused) {
  const { code, field } = errors?.[0]?.extensions ?? {};
  return { code, message: errors?.[0]?.message, ...(field === undefined ? {} : { field }) };
}

describe('publishEvent', () => {
  test('arrives in streams, feed and inbox of those who may read, with what the application said', async () => {
    const shop = await backEnd(app);
    const { owner, members, project: order } = await app.world.project({ members: 2, externalId: 'order-1' });
    const [told, other] = members as [Person, Person];
    const stream = await (await app.socket(other)).subscribe(events, { topics: [project(order.id)] });
    await stream.next('Checkpoint');
    const published = await shop.publish({
      topic: project('order-1'),
      name: 'OrderShipped',
      data: { carrier: 'post', weights: [1, 2.5, null] },
      recipients: [told.id, told.externalId],
    });
    expect(published).toMatchObject({ topicId: order.id, created: false });
    const { value, cursor } = await stream.next('ExternalEvent');
    expect(value).toMatchObject({
      name: 'OrderShipped',
      data: { carrier: 'post', weights: [1, 2.5, null] },
      everybody: false,
      recipients: [told.id],
      actor: { name: 'Shop' },
      topic: { id: order.id, externalId: 'order-1' },
    });
    expect(cursor).toBe(published.eventCursor);
    const feed = await app.ask(owner, '{ activity(types: [EXTERNAL_EVENT]) { nodes { id } } }');
    expect(feed.activity.nodes).toEqual([{ id: published.eventId }]);

    await app.settled();
    const [notification] = (await readInbox(app, told)).nodes;
    expect(notification).toMatchObject({
      type: 'EXTERNAL_EVENT',
      reason: 'PUBLISHED',
      threadKey: `external:${order.id}`,
      title: `${order.name}: order shipped`,
      subject: { __typename: 'Project', id: order.id },
      actors: [{ id: shop.bot.id }],
    });
    for (const person of [owner, other]) {
      expect((await readInbox(app, person)).nodes.map(({ type }) => type)).not.toContain('EXTERNAL_EVENT');
    }
  });

  test('without recipients tells everybody who belongs to the topic, with none of them nobody', async () => {
    const shop = await backEnd(app);
    const { owner, members, project: order } = await app.world.project({ members: 1 });
    await shop.publish({ topic: project(order.id), name: 'order.packed', recipients: [] });
    await shop.publish({ topic: project(order.id), name: 'order.shipped' });
    await app.settled();
    for (const person of [owner, ...members]) {
      const about = (await readInbox(app, person)).nodes.filter(({ type }) => type === 'EXTERNAL_EVENT');
      expect(about).toMatchObject([{ count: 1, title: `${order.name}: order shipped` }]);
    }
  });

  test('to a person arrives in their own topic and inbox, by id or externalId, one thread for each name', async () => {
    const shop = await backEnd(app);
    const [person, other] = [await app.world.person(), await app.world.person()];
    const stream = await (await app.socket(person)).subscribe(events, { topics: [{ kind: 'USER' }] });
    await stream.next('Checkpoint');
    await shop.publish({ topic: { kind: 'USER', id: person.externalId }, name: 'invoice.paid' });
    await shop.publish({ topic: { kind: 'USER', id: person.id }, name: 'PasswordChanged' });
    expect((await stream.next('ExternalEvent')).value).toMatchObject({
      name: 'invoice.paid',
      topic: { id: person.id },
    });
    await app.settled();
    const titles = (await readInbox(app, person)).nodes.map(({ title }) => title);
    expect(titles.sort()).toEqual(['Shop: invoice paid', 'Shop: password changed']);
    expect((await readInbox(app, other)).nodes).toEqual([]);
  });

  test('its events are the state: stale state + events = fresh state, over a cut connection', async () => {
    const shop = await backEnd(app);
    const { owner, project: order } = await app.world.project();
    const seen = await verifyEvents(app, {
      person: owner,
      topic: { kind: 'PROJECT', id: order.id },
      query: 'query ($id: ID!) { project(id: $id) { id name headCursor } }',
      variables: { id: order.id },
      act: ['OrderPacked', 'OrderShipped'].map((name) => () => shop.publish({ topic: project(order.id), name })),
    });
    expect(seen.map(({ __typename }) => __typename)).toEqual(['ExternalEvent', 'ExternalEvent']);
  });

  test('with the same idempotencyKey publishes once, and tells another input apart', async () => {
    const shop = await backEnd(app);
    const { project: order } = await app.world.project();
    const input = { topic: project(order.id), name: 'OrderShipped', idempotencyKey: 'outbox-7' };
    const answers = await Promise.all([1, 2, 3, 4].map(() => shop.publish(input)));
    expect(new Set(answers.map(({ eventId }) => eventId)).size).toBe(1);
    expect(refusal(await shop.try({ ...input, name: 'OrderLost' }))).toMatchObject({ code: 'CONFLICT' });
    const log = await app.services.eventLog.after(`project:${order.id}`, 0);
    expect(log.filter(({ kind }) => kind === 'ExternalEvent')).toHaveLength(1);
  });
});

describe('a topic that is named for the first time', () => {
  test('is made with its people, who hear of it on streams that were open before', async () => {
    const shop = await backEnd(app);
    const [owner, member, guest] = [
      await app.world.person(),
      await app.world.person(),
      await app.world.person({ role: 'GUEST' }),
    ];
    const stream = await (await app.socket(member)).subscribe(events, { topics: [{ kind: 'USER' }] });
    await stream.next('Checkpoint');
    const { topicId, created } = await shop.publish({
      topic: project('order-new'),
      name: 'OrderPlaced',
      create: { name: 'Order 9', owners: [owner.externalId], members: [member.id, guest.externalId, owner.id] },
    });
    expect(created).toBe(true);
    expect((await stream.next('ExternalEvent')).value).toMatchObject({
      topic: { id: topicId, externalId: 'order-new' },
    });
    const { project: made } = await app.ask(
      owner,
      'query ($id: ID!) { project(id: $id) { name viewerRole members { nodes { role user { id } } } } }',
      { id: 'order-new' },
    );
    expect(made).toMatchObject({ name: 'Order 9', viewerRole: 'OWNER' });
    expect(made.members.nodes).toEqual([
      { role: 'OWNER', user: { id: shop.bot.id } },
      { role: 'OWNER', user: { id: owner.id } },
      { role: 'MEMBER', user: { id: member.id } },
      { role: 'MEMBER', user: { id: guest.id } },
    ]);
    const again = await shop.publish({
      topic: project('order-new'),
      name: 'OrderPaid',
      create: { name: 'Not this', members: [(await app.world.person()).id] },
    });
    expect(again).toMatchObject({ topicId, created: false });
  });

  test('by two servers at once is made once, and both events are in it', async () => {
    await using second = await startApp({ with: app });
    const shop = await backEnd(app);
    for (let round = 0; round < 5; round++) {
      const input = { topic: project(`race-${round}`), name: 'OrderPlaced', recipients: [] };
      const answers = await Promise.all([app, second, app, second].map((server) => shop.publish(input, server)));
      expect(new Set(answers.map(({ topicId }) => topicId)).size).toBe(1);
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      const log = await app.services.eventLog.after(`project:${answers[0]?.topicId}`, 0);
      expect(log.map(({ kind }) => kind)).toEqual(['ProjectCreated', ...Array(4).fill('ExternalEvent')]);
    }
  });

  test('is not made of anything that is refused', async () => {
    const shop = await backEnd(app);
    const other = await app.world.person({ workspace: await app.world.newWorkspace() });
    const guest = await app.world.person({ role: 'GUEST' });
    const base = { topic: project('never'), name: 'OrderPlaced' };
    const noOne = (field: string) => ({
      code: 'VALIDATION_ERROR',
      message: `${field} is no active person of the workspace.`,
      field,
    });
    for (const [input, expected] of [
      [{ create: { owners: [other.id] } }, noOne('create.owners.0')],
      [{ create: { members: [shop.bot.id, 'nobody'] } }, noOne('create.members.1')],
      [{ create: { owners: [guest.id] } }, { code: 'CONFLICT', field: 'role' }],
      [{ create: { name: '' } }, { code: 'VALIDATION_ERROR', field: 'create.name' }],
      [{ recipients: [guest.id] }, { code: 'VALIDATION_ERROR', field: 'recipients.0' }],
    ] as const) {
      expect(refusal(await shop.try({ ...base, ...input }))).toMatchObject(expected);
    }
    const found = await app.services.database.db.topic.findFirst({ where: { externalId: 'never' } });
    expect(found).toBeNull();
  });

  test('is a project: pages, conversations and people are there or not, and missing is as foreign', async () => {
    const shop = await backEnd(app);
    const { project: foreign } = await app.world.project({
      workspace: await app.world.newWorkspace(),
      externalId: 'x-1',
    });
    const { owner, project: deleted } = await app.world.project();
    await run(app, owner, 'deleteProject', { projectId: deleted.id });
    const away = await app.world.person();
    await app.services.database.db.user.update({ where: { id: away.id }, data: { deactivatedAt: app.clock.now() } });
    for (const [kind, id, noun] of [
      ['PROJECT', foreign.id, 'project'],
      ['PROJECT', deleted.id, 'project'],
      ['PROJECT', newId(), 'project'],
      ['PROJECT', 'with space', 'project'],
      ['CONTENT', 'article-123', 'page'],
      ['CONVERSATION', 'talk-1', 'conversation'],
      ['USER', away.id, 'user'],
      ['USER', 'nobody\0', 'user'],
    ]) {
      const answer = refusal(await shop.try({ topic: { kind, id }, name: 'OrderPlaced' }));
      expect(answer).toEqual({ code: 'FORBIDDEN', message: `No such ${noun}, or no access to it.` });
    }
    // The externalId of another workspace is free in this one.
    expect(await shop.publish({ topic: project('x-1'), name: 'OrderPlaced' })).toMatchObject({ created: true });
  });
});

test('recipients only choose among those who may read: all others are refused, and nothing is published', async () => {
  const shop = await backEnd(app);
  const { owner, project: order } = await app.world.project();
  const outsiders = [
    await app.world.person(),
    await app.world.person({ role: 'ADMIN' }),
    await app.world.person({ workspace: await app.world.newWorkspace() }),
  ];
  for (const id of [...outsiders.map((person) => person.id), newId(), 'nobody', '']) {
    const answer = await shop.try({ topic: project(order.id), name: 'OrderShipped', recipients: [owner.id, id] });
    expect(refusal(answer)).toEqual({
      code: 'VALIDATION_ERROR',
      message: 'recipients.1 may not read the topic.',
      field: 'recipients.1',
    });
  }
  const log = await app.services.eventLog.after(`project:${order.id}`, 0);
  expect(log.map(({ kind }) => kind)).toEqual(['ProjectCreated']);
});

test('to a page tells whoever may read it, to a draft its authors only, to a conversation those who take part', async () => {
  const shop = await backEnd(app);
  const reader = await app.world.person();
  const { owner, content } = await app.world.content({ externalId: 'article-123' });
  const page = { kind: 'CONTENT', id: 'article-123' };
  await shop.publish({ topic: page, name: 'ArticlePrinted', recipients: [reader.id] });
  // Without recipients those who belong to it, not the whole workspace.
  await shop.publish({ topic: page, name: 'ArticlePrinted' });
  const { owner: talker, members, conversation } = await app.world.conversation({ kind: 'DIRECT', members: 1 });
  await shop.publish({ topic: { kind: 'CONVERSATION', id: conversation.id }, name: 'call.ended' });
  await app.settled();
  const told = async (person: Person) =>
    (await readInbox(app, person)).nodes.filter(({ type }) => type === 'EXTERNAL_EVENT').map(({ title }) => title);
  expect(await told(reader)).toEqual([`${content.title}: article printed`]);
  expect(await told(owner)).toEqual([`${content.title}: article printed`]);
  for (const person of [talker, ...members]) expect(await told(person)).toEqual(['Shop: call ended']);

  await run(app, owner, 'unpublishContent', { contentId: content.id });
  expect(refusal(await shop.try({ topic: page, name: 'ArticlePrinted', recipients: [reader.id] }))).toMatchObject({
    code: 'VALIDATION_ERROR',
    field: 'recipients.0',
  });
  expect(await told(reader)).toEqual(['Something happened in a place you can no longer read.']);
});

test('what is published is checked', async () => {
  const shop = await backEnd(app);
  const { project: order } = await app.world.project();
  const field = async (input: object) =>
    refusal(await shop.try({ topic: project(order.id), name: 'OrderShipped', ...input }));
  for (const name of ['', ' ', 'Order Shipped', '1st', 'order.', 'a'.repeat(101), 'Ordér', 'x\0']) {
    expect(await field({ name })).toMatchObject({ code: 'VALIDATION_ERROR', field: 'name' });
  }
  // With quotes and key 8,192 bytes as JSON; ä takes two.
  const fits = { text: 'ä'.repeat((8192 - '{"text":""}'.length - 1) / 2) };
  expect(await field({ data: fits })).toMatchObject({ code: undefined });
  for (const data of [{ text: `${fits.text}ää` }, [1], 'text', 7, { nul: 'a\0' }, { half: '\ud800' }]) {
    expect(await field({ data })).toMatchObject({ code: 'VALIDATION_ERROR', field: 'data' });
  }
  expect(await field({ recipients: Array.from({ length: 101 }, (_, nth) => `p${nth}`) })).toMatchObject({
    message: 'recipients has more than 100 items.',
  });
  await using strict = await startApp({ with: app, config: { EXTERNAL_MAX_PEOPLE: '1' } });
  const two = { topic: project('order-strict'), name: 'OrderShipped', create: { members: ['a', 'b'] } };
  expect(refusal(await shop.try(two, strict))).toMatchObject({
    message: 'create.members has more than 1 items.',
    field: 'create.members',
  });
  expect(await field({ topic: { kind: 'USER' } })).toMatchObject({ code: 'VALIDATION_ERROR', field: 'topic.id' });
  expect(await field({ topic: { kind: 'CONTENT', id: 'no\0name' } })).toMatchObject({ code: 'FORBIDDEN' });
  const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
  expect(await field({ data: { deep: nested(60) } })).toMatchObject({ code: undefined });
  expect(await field({ data: { deep: nested(65) } })).toMatchObject({ code: 'VALIDATION_ERROR', field: 'data' });
});

test.each([
  ['OrderShipped', 'order shipped'],
  ['order.shipped', 'order shipped'],
  ['shop:order_line-added', 'shop order line added'],
])('%s is “%s” in words', (name, words) => expect(inWords(name)).toBe(words));

describe('a service token', () => {
  const forbidden = { code: 'FORBIDDEN', message: 'A service token can publish events and do nothing else.' };

  test('does nothing but publish, over HTTP and sockets', async () => {
    const shop = await backEnd(app);
    const { owner, project: order } = await app.world.project();
    await app.world.member({ project: order, by: owner, person: shop.bot });
    for (const document of [
      '{ me { id } }',
      '{ projects { nodes { id } } }',
      '{ users { nodes { id } } }',
      '{ activity { nodes { id } } }',
      `{ project(id: "${order.id}") { id } }`,
      `{ node(id: "${order.id}") { id } }`,
      `mutation { createTask(input: { projectId: "${order.id}", title: "No" }) { task { id } } }`,
      `mutation { leaveTopic(input: { topicId: "${order.id}" }) { topicId } }`,
    ]) {
      expect(refusal(await shop.graphql(document))).toEqual(forbidden);
    }
    const socket = await app.socket(undefined, { connectionParams: { authToken: shop.token } });
    for (const document of [
      'subscription { events(topics: [{ kind: USER }]) { __typename } }',
      `subscription { taskUpdated(projectId: "${order.id}") { id } }`,
      'subscription { inbox { id } }',
      'subscription { signals(topics: [{ kind: USER }]) { __typename } }',
    ]) {
      const stream = await socket.subscribe(document, {}, { waits: false });
      expect(refusal({ errors: [await stream.error()] })).toEqual(forbidden);
    }
    // Beside a field that it may not ask for, too.
    const both = await shop.graphql(
      `mutation { publishEvent(input: { topic: { kind: PROJECT, id: "${order.id}" }, name: "OrderPaid" }) { eventId }
        leaveTopic(input: { topicId: "${order.id}" }) { topicId } }`,
    );
    expect(refusal(both)).toEqual(forbidden);
  });

  test('needs the scope, and a BOT behind it', async () => {
    const { owner, project: order } = await app.world.project();
    const shop = await backEnd(app);
    const document = `mutation { publishEvent(input: { topic: { kind: PROJECT, id: "${order.id}" }, name: "OrderPaid" }) { eventId } }`;
    const by = async (person: Person, scope: unknown) =>
      refusal(
        await request(`${app.url}/graphql`, document, {
          headers: { authorization: `Bearer ${await app.token(person, { scope })}` },
        }),
      );
    const lacking = { code: 'FORBIDDEN', message: 'This takes a service token: one with the scope events:publish.' };
    for (const scope of [
      undefined,
      '',
      'openid profile',
      'events:publisher',
      ['openid'],
      7,
      { 'events:publish': true },
    ]) {
      expect(await by(shop.bot, scope)).toEqual(lacking);
      expect(await by(owner, scope)).toEqual(lacking);
    }
    const admin = await app.world.person({ role: 'ADMIN' });
    for (const person of [owner, admin]) {
      expect(await by(person, 'events:publish')).toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringContaining('Only a BOT'),
      });
    }
    for (const scope of ['openid events:publish', ['events:publish']]) {
      expect(await by(shop.bot, scope)).toMatchObject({ code: undefined });
    }
    expect(refusal(await app.graphql(undefined, document))).toMatchObject({ code: 'UNAUTHORIZED' });
    await app.services.database.db.user.update({
      where: { id: shop.bot.id },
      data: { deactivatedAt: app.clock.now() },
    });
    expect(await by(shop.bot, 'events:publish')).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('does not prolong the session of its person, which may do more', async () => {
    const shop = await backEnd(app);
    const socket = await app.socket(shop.bot);
    const refresh = 'mutation ($token: String!) { refreshSession(input: { token: $token }) { session { id } } }';
    const stream = await socket.subscribe(refresh, { token: shop.token }, { waits: false });
    expect(refusal({ errors: [await stream.error()] })).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('of somebody unknown makes a BOT where people are made from tokens', async () => {
    await using provisioning = await startApp({ with: app, config: { PROVISION_USERS: 'true' } });
    const workspace = await app.world.workspace();
    const unknown = { id: '', name: '', externalId: 'till-7', workspace };
    const token = await provisioning.token(unknown, { scope: 'events:publish', name: 'Till 7' });
    const answer = await request(
      `${provisioning.url}/graphql`,
      'mutation { publishEvent(input: { topic: { kind: PROJECT, id: "till" }, name: "TillOpened" }) { created } }',
      { headers: { authorization: `Bearer ${token}` } },
    );
    expect(answer.data).toEqual({ publishEvent: { created: true } });
    const made = await app.services.database.db.user.findFirst({ where: { externalId: 'till-7' } });
    expect(made).toMatchObject({ role: 'BOT', name: 'Till 7' });
  });
});

test('the commands of docs/external-events.md do what the page says', async () => {
  const shop = await backEnd(app);
  const [grace, linus] = [
    await app.world.person({ externalId: 'grace' }),
    await app.world.person({ externalId: 'linus' }),
  ];
  const page = await readFile(new URL('../../../docs/external-events.md', import.meta.url), 'utf8');
  const variables = { BELFRY: app.url, SERVICE_TOKEN: shop.token, PERSON_TOKEN: await app.token(linus) };
  const commands = [...page.matchAll(/```sh\n(curl .*?)```/gs)].map(([, text = '']) => curl(text, variables));
  const [placed, shipped, paid, heard] = commands as [Curl, Curl, Curl, Curl];
  expect(commands).toHaveLength(4);
  const stream = await fetch(heard.url, heard);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  const post = async ({ url, ...rest }: Curl) => (await fetch(url, rest)).json();
  expect(await post(placed)).toMatchObject({ data: { publishEvent: { created: true } } });
  expect(await post(shipped)).toMatchObject({ data: { publishEvent: { created: false } } });
  expect(await post(paid)).toMatchObject({ data: { publishEvent: { eventId: expect.any(String) } } });
  // A retry publishes nothing twice.
  expect(await post(shipped)).toMatchObject({ data: { publishEvent: { created: false } } });
  let text = '';
  // Of two topics: which is heard first is not promised.
  const names = ['OrderPlaced', 'OrderShipped', 'invoice.paid'];
  while (!names.every((name) => text.includes(name))) text += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  for (const name of names) expect(text.split(`"name":"${name}"`)).toHaveLength(2);
  await app.settled();
  const titles = async (person: Person) => (await readInbox(app, person)).nodes.map(({ title }) => title);
  expect(await titles(linus)).toEqual(expect.arrayContaining(['Order 1001: order shipped', 'Shop: invoice paid']));
  expect(await titles(grace)).toContain('Order 1001: order placed');
});

interface Curl {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
}

/** The request of a curl command as a shell would read it: words in either quotes, variables in double ones. */
function curl(command: string, variables: Record<string, string>): Curl {
  const words = [...command.replaceAll('\\\n', ' ').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) =>
      double?.replace(/\$(\w+)/g, (_, name) => variables[name] ?? '') ?? single ?? bare ?? '',
  );
  const after = (option: string) => words.flatMap((word, index) => (word === option ? [words[index + 1] ?? ''] : []));
  const headers = after('-H').map((line) => line.split(/: (.*)/s) as [string, string]);
  const url = words.find((word) => word.startsWith('http')) ?? '';
  return { url, method: 'POST', headers: Object.fromEntries(headers), body: after('-d')[0] ?? '' };
}
