import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { attend, attentionOf, newest } from '../../../test/support/attention.ts';
import { type MailServer, smtpError, startMailServer } from '../../../test/support/mail.ts';
import { startServerProcess } from '../../../test/support/process.ts';
import type { Person } from '../../../test/support/world.ts';

let app: TestApp;
let other: TestApp;
let mailServer: MailServer;
beforeAll(async () => {
  mailServer = await startMailServer();
  // A Wednesday.
  const config = {
    SMTP_URL: mailServer.url,
    MAIL_FROM: 'Belfry <belfry@example.com>',
    MAIL_TIMEOUT_MS: '1000',
    MAIL_ATTEMPTS: '3',
    DIGEST_MAX_ITEMS: '3',
  };
  app = await startApp({ startsAt: new Date('2026-11-04T09:00:00Z'), config });
  other = await startApp({ with: app });
});
afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
  await mailServer?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  mailServer.onMail = undefined;
  mailServer.onRecipient = undefined;
});

const readAll = 'mutation { markAllNotificationsRead(input: {}) { __typename } }';

let addresses = 0;

const updateAll = (person: Person, input: object) =>
  attend(app, person, 'updateNotifications', { filter: {}, ...input }, '__typename');

/** Somebody with an address and a task of theirs, and a colleague who comments on it. */
async function scene(settings: object = { digest: { cadence: 'DAILY', time: '08:00' } }, name?: string) {
  const address = `person-${++addresses}@example.com`;
  const person = await app.world.person({ email: address, ...(name !== undefined && { name }) });
  const { owner, project } = await app.world.project({});
  await app.world.member({ project, by: owner, person });
  const task = await app.world.task({ project, by: person });
  await attend(app, person, 'updateAttention', settings);
  await app.settled();
  // That they were added to the project is no news.
  await app.ask(person, readAll);
  const comment = (text = 'A word') => app.world.comment({ task, by: owner, text });
  return { person, address, owner, project, task, comment };
}

const mailsTo = (address: string) => mailServer.mails.filter(({ to }) => to.includes(address));

interface Run {
  id: string;
  slot: string;
  state: string;
  attempts: number;
  items: number;
  problem: string | null;
}

async function runsOf(person: Person): Promise<Run[]> {
  const { digestRuns } = await app.ask(person, '{ digestRuns { nodes { id slot state attempts items problem } } }');
  return digestRuns.nodes;
}

/** Waits until somebody's newest digest has come so far. */
function untilRun(person: Person, state: string, count = 1): Promise<Run> {
  return vi.waitFor(async () => {
    const [run, ...older] = await runsOf(person);
    expect({ state: run?.state, count: older.length + 1 }).toEqual({ state, count });
    return run as Run;
  }, 8_000);
}

/** Moves on to the next time the clock shows 8:00, in UTC. */
function untilEight(): void {
  const now = app.clock.now();
  const then = new Date(now);
  then.setUTCHours(8, 0, 0, 0);
  if (then <= now) then.setUTCDate(then.getUTCDate() + 1);
  app.clock.advance(then.getTime() - now.getTime());
}

/** A mail without what is its own alone. */
const withoutIdentity = (raw: string) => raw.replace(/^(Message-ID|Date): .*\r\n/gm, '');

test('what is unread is mailed once at its time, and every delivery points to its digest', async () => {
  const { person, address, comment, owner, project } = await scene();
  await comment();
  await comment();
  const held = await newest(app, person, 'EMAIL');
  expect(held).toMatchObject({ state: 'HELD', decision: 'DIGEST' });
  expect(held.sentence).toMatch(/^The e-mail waits until .*8:00: e-mails are gathered in a digest\.$/);
  untilEight();
  const run = await untilRun(person, 'SENT');
  expect(run).toMatchObject({ slot: held.dueAt, attempts: 1, items: 1 });

  const [mail, ...more] = mailsTo(address);
  expect(more).toEqual([]);
  const { parsed } = mail ?? {};
  expect(parsed?.subject).toBe(`1 unread notification: ${project.name}`);
  expect(parsed?.from).toEqual({ name: 'Belfry', address: 'belfry@example.com' });
  expect(parsed?.to).toEqual([{ name: person.name, address }]);
  for (const part of [parsed?.text, parsed?.html]) {
    expect(part).toContain(project.name);
    expect(part).toContain(owner.name);
  }
  const { deliveries } = await app.ask(
    person,
    '{ deliveries(filter: { channels: [EMAIL], states: [RELEASED] }) { nodes { state sentAt digestRun { id } } } }',
  );
  expect(deliveries.nodes).toHaveLength(2);
  for (const delivery of deliveries.nodes) {
    expect(delivery).toMatchObject({ state: 'RELEASED', sentAt: expect.any(String), digestRun: { id: run.id } });
  }
});

test('a preview is what is sent, byte for byte but for its id and date', async () => {
  const { person, address, comment } = await scene({ timeZone: 'Asia/Kolkata', digest: { cadence: 'HOURLY' } });
  await comment('Zażółć gęślą jaźń');
  await app.settled();
  const { previewDigest } = await app.ask(person, '{ previewDigest { at count subject text html raw } }');
  expect(previewDigest).toMatchObject({
    count: 1,
    at: (await attentionOf(app, person, 'digest { nextAt }')).digest.nextAt,
  });
  app.clock.advance(new Date(previewDigest.at).getTime() - app.clock.now().getTime());
  await untilRun(person, 'SENT');
  const [mail] = mailsTo(address);
  expect(withoutIdentity(mail?.raw ?? '')).toBe(withoutIdentity(previewDigest.raw));
  expect(mail?.parsed).toMatchObject({ subject: previewDigest.subject });
  expect(mail?.parsed.html?.trimEnd()).toBe(previewDigest.html.trimEnd());
  // What was mailed is not mailed again.
  expect((await app.ask(person, '{ previewDigest(at: "2030-01-01T00:00:00Z") { count } }')).previewDigest).toBeNull();
  const { errors } = await app.graphql(person, '{ previewDigest(at: "0000-01-01T00:00:00Z") { count } }');
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR', field: 'at' });
});

test('two servers and four workers, many people at one time: one mail for each', async () => {
  const scenes = await Promise.all(Array.from({ length: 5 }, () => scene()));
  await Promise.all(scenes.map(({ comment }) => comment()));
  await app.settled();
  untilEight();
  for (const { person, address } of scenes) {
    await untilRun(person, 'SENT');
    expect(mailsTo(address)).toHaveLength(1);
  }
});

describe('a mail server that does not take it', () => {
  test.each([
    ['the recipient', { onRecipient: () => smtpError(451, 'Come again') }],
    ['the mail', { onMail: () => Promise.reject(smtpError(452, 'No room')) }],
  ])('for the moment, %s, is asked again after a minute, and takes one', async (_what, refusal) => {
    const { person, address, comment } = await scene();
    await comment();
    await app.settled();
    Object.assign(mailServer, refusal);
    untilEight();
    await expect
      .poll(async () => (await runsOf(person))[0])
      .toMatchObject({ state: 'QUEUED', attempts: 1, problem: expect.stringMatching(/Come again|No room/) });
    const [run] = await runsOf(person);
    expect(await newest(app, person, 'EMAIL')).toMatchObject({ state: 'HELD' });
    Object.assign(mailServer, { onRecipient: undefined, onMail: undefined });
    app.clock.advance('1m');
    expect(await untilRun(person, 'SENT')).toMatchObject({ id: run?.id, attempts: 2, problem: null });
    expect(mailsTo(address)).toHaveLength(1);
  });

  test('is tried MAIL_ATTEMPTS times; what it refuses for good, once', async () => {
    const often = await scene();
    const once = await scene();
    mailServer.onRecipient = (address) =>
      address === often.address ? smtpError(450, 'Busy') : smtpError(550, 'No such box');
    for (const { comment } of [often, once]) await comment();
    await app.settled();
    untilEight();
    expect(await untilRun(once.person, 'FAILED')).toMatchObject({ attempts: 1 });
    for (const attempts of [1, 2]) {
      await expect
        .poll(async () => (await runsOf(often.person))[0])
        .toMatchObject({ state: 'QUEUED', attempts, problem: expect.any(String) });
      app.clock.advance(`${attempts}m`);
    }
    expect(await untilRun(often.person, 'FAILED')).toMatchObject({ attempts: 3 });
    for (const { person } of [often, once]) {
      const { state, sentence } = await newest(app, person, 'EMAIL');
      expect(state).toBe('CANCELLED');
      expect(sentence).toContain('was dropped: the mail could not be made, or the mail server refused it');
    }
  });

  test.each([
    ['breaks off', (drop: () => void) => drop()],
    ['does not answer within MAIL_TIMEOUT_MS', () => {}],
  ])('may have taken one when it %s after the text: none is sent again, and it says so', async (_what, instead) => {
    const { person, address, comment } = await scene();
    await comment();
    await app.settled();
    let seen = 0;
    mailServer.onMail = (_raw, { drop }) => {
      seen++;
      instead(drop);
      return new Promise<never>(() => {});
    };
    untilEight();
    await untilRun(person, 'UNKNOWN');
    mailServer.onMail = undefined;
    expect((await newest(app, person, 'EMAIL')).sentence).toContain('it could not be learnt');
    app.clock.advance('1d');
    await comment();
    await app.settled();
    untilEight();
    // Whatever was tried again would have come before it.
    await untilRun(person, 'SENT', 2);
    expect(seen).toBe(1);
    expect(mailsTo(address)).toHaveLength(1);
  });

  test('nor know of it, because the server that sends it is killed then: none is sent again, and it says so', async () => {
    const { person, address, comment } = await scene();
    await comment();
    await app.settled();
    const reached = Promise.withResolvers<void>();
    mailServer.onMail = () => {
      reached.resolve();
      return new Promise<never>(() => {});
    };
    // By the clock of a process of its own it has long been time.
    await using process = await startServerProcess(app, { MAIL_TIMEOUT_MS: '60000' });
    await reached.promise;
    await process.kill();
    mailServer.onMail = undefined;
    expect(await untilRun(person, 'SENDING')).toMatchObject({ attempts: 1 });
    app.clock.advance(Date.now() + 600_000 - app.clock.now().getTime());
    expect(await untilRun(person, 'UNKNOWN')).toMatchObject({ problem: 'The server stopped before it had an answer.' });
    expect(mailsTo(address)).toEqual([]);
    expect((await newest(app, person, 'EMAIL')).state).toBe('CANCELLED');
  });
});

describe('without a mail it is recorded why', () => {
  test.each<[string, string, (of: Awaited<ReturnType<typeof scene>>) => Promise<unknown>]>([
    ['everything was read', 'SKIPPED_EMPTY', ({ person }) => app.ask(person, readAll)],
    ['everything is done', 'SKIPPED_EMPTY', ({ person }) => updateAll(person, { action: 'DONE' })],
    [
      'the person turned it off',
      'SKIPPED_OPTED_OUT',
      ({ person }) => attend(app, person, 'updateAttention', { digest: { cadence: 'OFF' } }),
    ],
    [
      'a rule of theirs says OFF',
      'SKIPPED_EMPTY',
      ({ person }) => attend(app, person, 'setRule', { channel: 'EMAIL', value: 'OFF' }, 'rule { id }'),
    ],
    [
      'they have lost access',
      'SKIPPED_EMPTY',
      ({ owner, person, project }) =>
        attend(app, owner, 'removeMember', { topicId: project.id, userId: person.id }, 'eventCursor'),
    ],
    [
      'their address is none',
      'SKIPPED_NO_ADDRESS',
      ({ person }) =>
        app.services.database.query('UPDATE "User" SET email = $2 WHERE id = $1', [person.id, 'a@b, c@d']),
    ],
  ])('%s: %s', async (_what, state, happen) => {
    const of = await scene();
    await of.comment();
    await app.settled();
    await happen(of);
    untilEight();
    expect(await untilRun(of.person, state)).toMatchObject({ items: 0 });
    expect(mailsTo(of.address)).toEqual([]);
    const metrics = await Promise.all([app, other].map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    expect(metrics.join()).toContain(`digests_total{outcome="${state.toLowerCase()}"}`);
  });
});

test('what is snoozed is in the first digest after it is back, also what came meanwhile', async () => {
  const { person, address, comment } = await scene();
  await comment();
  await app.settled();
  const until = new Date(app.clock.now().getTime() + 30 * 3_600_000);
  await updateAll(person, { action: 'SNOOZE', until });
  await comment();
  expect(await newest(app, person, 'EMAIL')).toMatchObject({ state: 'HELD' });
  untilEight();
  await untilRun(person, 'SKIPPED_EMPTY');
  expect(mailsTo(address)).toEqual([]);
  expect(await newest(app, person, 'EMAIL')).toMatchObject({ state: 'HELD' });
  untilEight();
  const run = await untilRun(person, 'SENT', 2);
  expect(run.items).toBe(1);
  expect((await newest(app, person, 'EMAIL')).state).toBe('RELEASED');
});

test('one that cannot be made is set aside after MAIL_ATTEMPTS, and holds up nobody else’s', async () => {
  const [broken, whole] = [await scene(), await scene()];
  for (const { comment } of [broken, whole]) await comment();
  await app.settled();
  const { database } = app.services;
  await database.query(`UPDATE "Delivery" SET topic = 'nonsense' WHERE "userId" = $1`, [broken.person.id]);
  untilEight();
  await untilRun(whole.person, 'SENT');
  await untilRun(broken.person, 'QUEUED');
  const stateOf = async () => (await runsOf(broken.person))[0]?.state;
  await expect
    .poll(() => {
      app.clock.advance('10s');
      return stateOf();
    })
    .toBe('FAILED');
  expect(await untilRun(broken.person, 'FAILED')).toMatchObject({ problem: 'It could not be made.' });
  expect(mailsTo(broken.address)).toEqual([]);
});

test('what was read by mistake is in the digest after all, or in the next where that has gone', async () => {
  const { person, address, comment } = await scene();
  const undo = async () => {
    const { markAllNotificationsRead } = await app.ask(
      person,
      'mutation { markAllNotificationsRead(input: {}) { changeId } }',
    );
    return () => attend(app, person, 'undo', { changeId: markAllNotificationsRead.changeId }, '__typename');
  };
  await comment();
  await app.settled();
  await (await undo())();
  app.clock.advance(
    new Date(`${(await newest(app, person, 'EMAIL')).dueAt}`).getTime() - app.clock.now().getTime() - 1_000,
  );
  const takeBack = await undo();
  app.clock.advance('2s');
  await untilRun(person, 'SKIPPED_EMPTY');
  await takeBack();
  app.clock.advance('1m');
  const passed = app.clock.now();
  await expect.poll(async () => new Date(`${(await newest(app, person, 'EMAIL')).dueAt}`) > passed).toBe(true);
  untilEight();
  await untilRun(person, 'SENT', 2);
  expect(mailsTo(address)).toHaveLength(1);
});

test('taking back waits for no digest that is being made, which would wait for it', async () => {
  const { person, comment } = await scene();
  await comment();
  await app.settled();
  const { dueAt } = await newest(app, person, 'EMAIL');
  const due = new Date(`${dueAt}`).getTime();
  app.clock.advance(due - app.clock.now().getTime() - 1_000);
  const { markAllNotificationsRead } = await app.ask(
    person,
    'mutation { markAllNotificationsRead(input: {}) { changeId } }',
  );
  // Somebody makes the digest, which is due a moment later than what is taken back.
  const { database } = app.services;
  const work = ['digest', person.id];
  await database.query('UPDATE due_work SET due_at = $3 WHERE kind = $1 AND key = $2', [...work, new Date(due + 500)]);
  const [locked, made] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const making = database.begin(async (tx) => {
    await tx.$queryRaw`SELECT id FROM due_work WHERE kind = 'digest' AND key = ${person.id} FOR UPDATE`;
    locked.resolve();
    await made.promise;
  });
  await locked.promise;
  app.clock.advance('2s');
  const takenBack = attend(app, person, 'undo', { changeId: markAllNotificationsRead.changeId }, '__typename');
  expect(await Promise.race([takenBack.then(() => 'taken back'), making.then(() => 'made')])).toBe('taken back');
  made.resolve();
  await making;
  await untilRun(person, 'SENT');
});

test('whoever asks for it gets at once what is held, the newest DIGEST_MAX_ITEMS of it, and how many more there are', async () => {
  const { person, address, owner, project } = await scene({ digest: { cadence: 'WEEKLY' } });
  for (const title of ['One', 'Two', 'Three', 'Four', 'Five']) {
    const task = await app.world.task({ project, by: person, title });
    await app.world.comment({ task, by: owner, text: 'A word' });
  }
  await app.settled();
  const { run } = await attend(app, person, 'sendDigestNow', {}, 'run { id asked }');
  expect(run.asked).toBe(true);
  expect(await untilRun(person, 'SENT')).toMatchObject({ id: run.id, items: 5 });
  const [mail] = mailsTo(address);
  for (const part of [mail?.parsed.text, mail?.parsed.html]) {
    for (const title of ['Five', 'Four', 'Three']) expect(part).toContain(title);
    for (const title of ['One', 'Two']) expect(part).not.toContain(`commented on ${title}`);
    expect(part).toContain('2 more are in your inbox.');
  }
});

describe('the link of a mail', () => {
  /** Sends somebody a digest, and answers where it says they can turn it off. */
  async function linkFor(of: Awaited<ReturnType<typeof scene>>): Promise<string> {
    await of.comment();
    await app.settled();
    // There is one for each moment.
    app.clock.advance('1s');
    await attend(app, of.person, 'sendDigestNow', {}, 'run { id }');
    await expect.poll(async () => (await runsOf(of.person)).at(0)?.state).toBe('SENT');
    const { parsed } = mailsTo(of.address).at(-1) ?? {};
    const header = (name: string) => parsed?.headers.find(({ key }) => key === name)?.value;
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const [, url = ''] = /^<(http.+)>$/.exec(header('list-unsubscribe') ?? '') ?? [];
    for (const part of [parsed?.text, parsed?.html]) expect(part).toContain(url);
    // PUBLIC_URL has no port of its own in tests.
    return app.url + new URL(url).pathname;
  }

  const cadenceOf = async (person: Person) => (await attentionOf(app, person, 'digest { cadence }')).digest.cadence;
  const post = (url: string, body: string | FormData = 'List-Unsubscribe=One-Click') =>
    fetch(url, {
      method: 'POST',
      body,
      ...(typeof body === 'string' && { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    });

  test('turns the digest off when it is posted to, without signing in; looking at it changes nothing', async () => {
    const of = await scene();
    const url = await linkFor(of);
    const looked = await fetch(url);
    expect(looked.status).toBe(200);
    expect(await looked.text()).toContain('<button name="List-Unsubscribe" value="One-Click">');
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(404);
    expect((await post(url, 'something=else')).status).toBe(400);
    expect((await post(url, `List-Unsubscribe=One-Click&${'x'.repeat(5_000)}`)).status).toBe(413);
    expect(await cadenceOf(of.person)).toBe('DAILY');
    await of.comment();
    expect((await newest(app, of.person, 'EMAIL')).state).toBe('HELD');

    const form = new FormData();
    form.append('List-Unsubscribe', 'One-Click');
    expect((await post(url, form)).status).toBe(200);
    expect(await cadenceOf(of.person)).toBe('OFF');
    expect((await newest(app, of.person, 'EMAIL')).sentence).toContain('was dropped: you turned the digest off');
    // Mail programs may post twice.
    expect((await post(url)).status).toBe(200);
  });

  test('is the person’s own, and does nothing any more once they have another', async () => {
    const [one, another] = [await scene(), await scene()];
    const url = await linkFor(one);
    expect(await linkFor(another)).not.toBe(url);
    await attend(app, one.person, 'renewUnsubscribeLink', {}, '__typename');
    expect((await fetch(url)).status).toBe(404);
    expect((await post(url)).status).toBe(404);
    expect(await cadenceOf(one.person)).toBe('DAILY');
    expect((await post(await linkFor(one))).status).toBe(200);
    expect([await cadenceOf(one.person), await cadenceOf(another.person)]).toEqual(['OFF', 'DAILY']);
    for (const wrong of ['', 'x', `${'A'.repeat(43)}`]) {
      expect((await post(`${app.url}/digest/unsubscribe/${wrong}`)).status).toBe(404);
    }
  });
});

test('names cannot add headers, lines or markup', async () => {
  const name = 'Eve\r\nBcc: all@example.com\r\n\r\n<img src=x onerror=alert(1)>\u202e';
  const { person, address, owner, project } = await scene(undefined, name);
  await app.services.database.query('UPDATE "User" SET name = $2 WHERE id = $1', [owner.id, name]);
  await app.services.database.query('UPDATE "Project" SET name = $2 WHERE id = $1', [project.id, name]);
  const task = await app.world.task({ project, by: person, title: '</ul></td><script>alert(1)</script>' });
  await app.world.comment({ task, by: owner, text: 'A word' });
  await app.settled();
  await attend(app, person, 'sendDigestNow', {}, 'run { id }');
  await untilRun(person, 'SENT');
  const [mail] = mailsTo(address);
  expect(mail?.to).toEqual([address]);
  expect(mail?.parsed.headers.map(({ key }) => key).toSorted()).toEqual(headers);
  expect(mail?.parsed.to).toHaveLength(1);
  expect(mail?.parsed.html).not.toMatch(/<img|<script|\u202e/);
  expect(mail?.parsed.html).toContain('&lt;script&gt;');
  expect(mail?.parsed.text).not.toMatch(/^Bcc/m);
});

const headers = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'message-id',
  'mime-version',
  'subject',
  'to',
];
