import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { run } from '../../../test/support/commands.ts';
import { watchField } from '../../../test/support/gates.ts';
import { nextSignal, signals } from '../../../test/support/presence.ts';
import { verifyEvents } from '../../../test/support/verifyEvents.ts';
import type { Person } from '../../../test/support/world.ts';

let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  app = await startApp();
  other = await startApp({ with: app });
});
afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

const newComment = `subscription ($contentId: ID!, $after: Cursor) { newComment(contentId: $contentId, after: $after) {
  __typename cursor actor { id } content { id title } replyTo { id }
  comment { id text author { id } replyTo { id } subject { __typename ... on Content { title } } } } }`;
const newRating = `subscription ($contentId: ID!) { newRating(contentId: $contentId) {
  __typename actor { id } value previousValue content { rating { average count } } } }`;
const events = `subscription ($topics: [TopicRef!]!, $after: [Cursor!]) { events(topics: $topics, after: $after) {
  __typename ... on Event { topic { id } } ... on ContentUpdated { coalesced content { title } } ... on AccessLost { topicId } } }`;
const noAccess = { message: 'No such page, or no access to it.', extensions: { code: 'FORBIDDEN' } };
const pageOf = ({ id }: { id: string }) => [{ kind: 'CONTENT', id }];

/** A published page, and somebody who only reads it. */
async function published(options: Parameters<TestApp['world']['content']>[0] = {}) {
  return { ...(await app.world.content(options)), reader: await app.world.person() };
}

describe('newComment and newRating', () => {
  test('deliver what their names say and nothing else, by externalId too, and resume', async () => {
    const { owner, content, reader } = await published({ externalId: 'article-123' });
    const socket = await other.socket(reader);
    const comments = await socket.subscribe(newComment, { contentId: 'article-123' });
    const ratings = await socket.subscribe(newRating, { contentId: content.id });
    const first = await app.world.comment({ content: { id: 'article-123' }, by: owner, text: 'First' });
    await run(app, owner, 'updateContent', { contentId: 'article-123', title: 'Sheds' });
    const added = await comments.next();
    expect(added.value).toMatchObject({
      actor: { id: owner.id },
      replyTo: null,
      comment: { id: first.id, text: 'First', author: { id: owner.id }, subject: { __typename: 'Content' } },
    });
    comments.complete();
    await run(app, reader, 'rateContent', { contentId: 'article-123', value: 4 });
    await run(app, owner, 'rateContent', { contentId: content.id, value: 5 });
    await run(app, reader, 'rateContent', { contentId: content.id, value: 2 });
    expect((await ratings.take(3)).map(({ value }) => [value.actor.id, value.previousValue, value.value])).toEqual([
      [reader.id, null, 4],
      [owner.id, null, 5],
      [reader.id, 4, 2],
    ]);
    const reply = await app.world.comment({ content, by: owner, text: 'Reply', replyTo: first });
    const { cursor: after = '' } = added;
    const again = await socket.subscribe(newComment, { contentId: content.id, after });
    expect((await again.next()).value).toMatchObject({
      content: { id: content.id, title: 'Sheds' },
      replyTo: { id: first.id },
      comment: { id: reply.id, replyTo: { id: first.id }, subject: { title: 'Sheds' } },
    });
  });

  test('are refused for drafts of others and missing pages alike', async () => {
    const { content } = await app.world.content({ published: false });
    const socket = await app.socket(await app.world.person());
    for (const contentId of [
      content.id,
      'article-404',
      content.id.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    ]) {
      for (const document of [newComment, newRating, liveUpdate]) {
        expect(await (await socket.subscribe(document, { contentId })).error()).toMatchObject(noAccess);
      }
    }
  });
});

describe('a rating', () => {
  const rating = 'query ($id: ID!) { content(id: $id) { version rating { average count mine } } }';
  const read = async (person: Person, id: string) => (await app.ask(person, rating, { id })).content;

  test('is one for each person, can be changed, and is part of a mean', async () => {
    const { owner, content, reader } = await published();
    const before = await read(owner, content.id);
    expect(before.rating).toEqual({ average: null, count: 0, mine: null });
    await Promise.all([5, 5, 5].map((value) => run(app, reader, 'rateContent', { contentId: content.id, value })));
    await run(app, owner, 'rateContent', { contentId: content.id, value: 2 });
    expect(await read(reader, content.id)).toEqual({ ...before, rating: { average: 3.5, count: 2, mine: 5 } });
    expect(await run(app, reader, 'rateContent', { contentId: content.id, value: 5 })).toBeNull();
    await run(app, reader, 'rateContent', { contentId: content.id, value: 1 });
    expect((await read(owner, content.id)).rating).toEqual({ average: 1.5, count: 2, mine: 2 });
  });

  test('is refused outside of 1 to 5, and for what one may not read', async () => {
    const { owner, content } = await app.world.content({ published: false });
    const rate = (person: Person, value: number) =>
      app.graphql(person, 'mutation ($input: RateContentInput!) { rateContent(input: $input) { eventCursor } }', {
        input: { contentId: content.id, value },
      });
    for (const value of [0, 6, -1]) {
      expect((await rate(owner, value)).errors?.[0]?.extensions).toMatchObject({
        code: 'VALIDATION_ERROR',
        field: 'value',
      });
    }
    expect((await rate(await app.world.person(), 3)).errors?.[0]).toMatchObject(noAccess);
  });

  test('of one’s own is shown to each alone, in streams too', async () => {
    const { owner, content, reader } = await published();
    await run(app, owner, 'rateContent', { contentId: content.id, value: 5 });
    const mine = `subscription ($contentId: ID!) { newRating(contentId: $contentId) { content { rating { mine } } } }`;
    const people = [owner, reader, await app.world.person()];
    const streams = await Promise.all(
      people.map(async (person) => (await app.socket(person)).subscribe(mine, { contentId: content.id })),
    );
    await run(app, reader, 'rateContent', { contentId: content.id, value: 3 });
    const seen = await Promise.all(streams.map((stream) => stream.next()));
    expect(seen.map(({ value }) => value.content.rating.mine)).toEqual([5, 3, null]);
  });
});

const liveUpdate = `subscription ($contentId: ID!, $after: Cursor) { liveUpdate(contentId: $contentId, after: $after) {
  __typename cursor coalesced changes { field from to } content { title } } }`;

describe('liveUpdate', () => {
  test('tells the first change at once and those within LIVE_UPDATE_DEBOUNCE_MS as one; the log keeps each', async () => {
    const { owner, content, reader } = await published();
    const socket = await other.socket(reader);
    const live = await socket.subscribe(liveUpdate, { contentId: content.id });
    const log = await socket.subscribe(events, { topics: pageOf(content) });
    await log.next('Checkpoint');
    const update = (change: object) => run(app, owner, 'updateContent', { contentId: content.id, ...change });
    await update({ title: 'One' });
    expect((await live.next()).value).toMatchObject({ coalesced: 1, content: { title: 'One' } });

    await update({ title: 'Two' });
    await run(app, reader, 'rateContent', { contentId: content.id, value: 5 });
    await update({ type: 'BLOG' });
    const last = await update({ type: 'PAGE', title: 'Four' });
    expect((await log.take(5)).map(({ value }) => value.coalesced)).toEqual([1, 1, undefined, 1, 1]);
    app.clock.advance('249ms');
    expect(live.waiting).toEqual([]);
    app.clock.advance('1ms');
    const { value, cursor } = await live.next();
    expect(value).toMatchObject({
      cursor: last,
      coalesced: 3,
      changes: [
        { field: 'title', from: null, to: null },
        { field: 'type', from: 'ARTICLE', to: 'PAGE' },
      ],
      content: { title: 'Four' },
    });
    expect(cursor).toBe(last);

    // Another span began with it; after one in which nothing happened a change is told at once again.
    await update({ title: 'Five' });
    expect((await log.next()).value.content.title).toBe('Five');
    expect(live.waiting).toEqual([]);
    app.clock.advance('250ms');
    expect((await live.next()).value).toMatchObject({ coalesced: 1, content: { title: 'Five' } });
    app.clock.advance('250ms');
    await update({ title: 'Six' });
    expect((await live.next()).value).toMatchObject({ coalesced: 1, content: { title: 'Six' } });
  });

  test('resumes behind any change: what was missed is told as one, and nothing twice', async () => {
    const { owner, content, reader } = await published();
    const socket = await app.socket(reader);
    const live = await socket.subscribe(liveUpdate, { contentId: content.id });
    const update = (title: string) => run(app, owner, 'updateContent', { contentId: content.id, title });
    const cursors = [];
    for (const title of ['One', 'Two', 'Three', 'Four']) cursors.push(await update(title));
    expect((await live.next()).cursor).toBe(cursors[0]);
    live.complete();
    for (const [index, after] of [...cursors].entries()) {
      const again = await socket.subscribe(liveUpdate, { contentId: content.id, after });
      if (index < 3) {
        expect((await again.next()).value).toMatchObject({ cursor: cursors[3], coalesced: 3 - index });
      } else {
        const cursor = await update('Five');
        expect((await again.next()).value).toMatchObject({ cursor, coalesced: 1 });
      }
      again.complete();
    }
  });

  test('is executed once for all its readers, wherever they began', async () => {
    const { owner, content } = await published();
    const people = await Promise.all(Array.from({ length: 5 }, () => app.world.person()));
    const { members, groups } = app.hub.sizes;
    const sockets = await Promise.all(people.map((person) => app.socket(person)));
    const streams = await Promise.all(sockets.map((socket) => socket.subscribe(liveUpdate, { contentId: content.id })));
    expect(app.hub.sizes).toMatchObject({ members: members + 5, groups: groups + 1 });
    // Joined later: what it tells, the others have been handed.
    const log = await sockets[0]?.subscribe(events, { topics: pageOf(content) });
    let executions = 0;
    using _watch = watchField('Subscription', 'liveUpdate', () => void executions++);
    const update = (title: string) => run(app, owner, 'updateContent', { contentId: content.id, title });
    await update('One');
    for (const stream of streams) await stream.next();
    await update('Two');
    await update('Three');
    while ((await log?.next('ContentUpdated'))?.value.content.title !== 'Three');
    app.clock.advance('250ms');
    for (const stream of streams) expect((await stream.next()).value.coalesced).toBe(2);
    expect(executions).toBe(2);
  });

  test('waits for nothing when access changes: authors get what was held, everybody else is cut off', async () => {
    const { owner, content, reader } = await published();
    const readers = await app.socket(reader);
    const cut = await readers.subscribe(liveUpdate, { contentId: content.id });
    const stays = await (await app.socket(owner)).subscribe(liveUpdate, { contentId: content.id });
    const update = (title: string) => run(other, owner, 'updateContent', { contentId: content.id, title });
    await update('One');
    for (const stream of [cut, stays]) await stream.next();
    await update('Two');
    await run(other, owner, 'unpublishContent', { contentId: content.id });
    await update('hidden text');
    expect(await cut.error()).toMatchObject(noAccess);
    app.clock.advance('250ms');
    let told = 0;
    while (told < 2) told += (await stays.next()).value.coalesced;
    expect(readers.frames.join()).not.toContain('hidden text');
    expect(readers.frames.join()).not.toContain('"Two"');
    await run(other, owner, 'deleteContent', { contentId: content.id });
    await stays.completed();
  });

  test('counts every change for a client that does not read for a while', { timeout: 60_000 }, async () => {
    await using slow = await startApp({ with: app, config: { OUTBOX_LIMIT_BYTES: '65536', LAG_CLOSE_MS: '600000' } });
    const { owner, content, reader } = await published({ input: { body: 'x'.repeat(50_000) } });
    const document = liveUpdate.replace('title', 'title body');
    const socket = await slow.socket(reader);
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => socket.subscribe(document, { contentId: content.id })),
    );
    socket.pause();
    const changes = 30;
    for (let nth = 0; nth < changes; nth++) {
      await run(app, owner, 'updateContent', { contentId: content.id, title: `Title ${nth}` });
      app.clock.advance('250ms');
    }
    socket.resume();
    app.clock.advance('250ms');
    for (const stream of streams) {
      let told = 0;
      while (told < changes) told += (await stream.next(undefined, 20_000)).value.coalesced;
      expect(told).toBe(changes);
    }
  });
});

describe('unpublishing', () => {
  test('cuts off all but the authors within a second, on every server, live and by replay', async () => {
    const { owner, authors, content, reader } = await published({ authors: 1 });
    const admin = await app.world.person({ role: 'ADMIN' });
    const cut = [await app.socket(reader), await other.socket(reader), await other.socket(admin)];
    const streams = await Promise.all(cut.map((socket) => socket.subscribe(newComment, { contentId: content.id })));
    const several = await cut[0]?.subscribe(events, { topics: [...pageOf(content), { kind: 'USER', id: reader.id }] });
    const stays = await (await other.socket(authors[0] as Person)).subscribe(newComment, { contentId: content.id });
    await app.world.comment({ content, by: reader, text: 'before' });
    const [before] = await Promise.all([...streams, stays].map((stream) => stream.next()));
    const after = before?.cursor ?? '';

    await run(app, owner, 'unpublishContent', { contentId: content.id });
    const beganAtMs = performance.now();
    await app.world.comment({ content, by: owner, text: 'hidden text' });
    for (const stream of streams) expect(await stream.error()).toMatchObject(noAccess);
    expect(performance.now() - beganAtMs).toBeLessThan(1_000);
    expect((await several?.next('AccessLost'))?.value.topicId).toBe(content.id);
    expect((await stays.next()).value.comment.text).toBe('hidden text');
    for (const socket of cut) {
      const again = await socket.subscribe(newComment, { contentId: content.id, after });
      expect(await again.error()).toMatchObject(noAccess);
      expect(socket.frames.join()).not.toContain('hidden text');
    }
    expect(several?.waiting.map(({ value }) => value.__typename)).not.toContain('ContentUnpublished');

    // Published again, all of it is theirs again; the stream that was open stays ended.
    await run(app, owner, 'publishContent', { contentId: content.id });
    const resumed = await cut[1]?.subscribe(newComment, { contentId: content.id, after });
    expect((await resumed?.next())?.value.comment.text).toBe('hidden text');
    expect(streams.every(({ ended }) => ended)).toBe(true);
  });

  test('ends what others do on the page: nobody but authors comments or rates it then', async () => {
    const { owner, content, reader } = await published();
    const mine = await app.world.comment({ content, by: reader });
    await run(app, owner, 'unpublishContent', { contentId: content.id });
    const refused = async (name: string, input: object) => {
      const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
      const document = `mutation ($input: ${type}!) { ${name}(input: $input) { eventCursor } }`;
      return (await app.graphql(reader, document, { input })).errors?.[0];
    };
    expect(await refused('addComment', { contentId: content.id, text: 't' })).toMatchObject(noAccess);
    expect(await refused('rateContent', { contentId: content.id, value: 1 })).toMatchObject(noAccess);
    const gone = { message: 'No such comment, or no access to it.', extensions: { code: 'NOT_FOUND' } };
    expect(await refused('editComment', { commentId: mine.id, text: 't' })).toMatchObject(gone);
    expect(await refused('deleteComment', { commentId: mine.id })).toMatchObject(gone);
  });
});

test('nobody but authors writes on a page after it was unpublished, however many try at that moment', async () => {
  const { owner, content } = await published();
  const contentId = content.id;
  const readers = await Promise.all(Array.from({ length: 4 }, () => app.world.person()));
  const comments = await Promise.all(readers.map((by) => app.world.comment({ content, by })));
  const attempt = (server: TestApp, by: Person, name: string, input: object) =>
    run(server, by, name, input).catch((error: unknown) => expect(String(error)).toMatch(/FORBIDDEN|NOT_FOUND/));
  await Promise.all([
    ...readers.flatMap((by, index) => [
      attempt(app, by, 'addComment', { contentId, text: 't' }),
      attempt(other, by, 'rateContent', { contentId, value: 1 + index }),
      attempt(other, by, 'editComment', { commentId: comments[index]?.id, text: 'edited' }),
    ]),
    run(app, owner, 'unpublishContent', { contentId }),
    ...readers.flatMap((by, index) => [
      attempt(app, by, 'addComment', { contentId, text: 't' }),
      attempt(other, by, 'rateContent', { contentId, value: 5 - index }),
      attempt(app, by, 'deleteComment', { commentId: comments[index]?.id }),
    ]),
  ]);
  const log = await app.services.eventLog.after(`content:${contentId}`, 0);
  expect(log.at(-1)?.kind).toBe('ContentUnpublished');
  const { rating } = (
    await app.ask(owner, 'query ($id: ID!) { content(id: $id) { rating { average count } } }', {
      id: contentId,
    })
  ).content;
  const values = await app.services.database.db.rating.findMany({ where: { contentId }, select: { value: true } });
  const sum = values.reduce((total, { value }) => total + value, 0);
  expect(rating).toEqual({ count: values.length, average: values.length === 0 ? null : sum / values.length });
});

test('a former author of a published page reads on in the same stream, as a guest of it', async () => {
  const { owner, authors, content } = await app.world.content({ authors: ['ADMIN'] });
  const [author] = authors as [Person];
  const socket = await other.socket(author);
  const stream = await socket.subscribe(events, { topics: pageOf(content) });
  await stream.next('Checkpoint');
  await run(app, owner, 'removeMember', { topicId: content.id, userId: author.id });
  await app.world.comment({ content, by: owner });
  expect((await stream.take(2)).map(({ value }) => value.__typename)).toEqual(['MemberRemoved', 'CommentAdded']);
  await run(app, owner, 'unpublishContent', { contentId: content.id });
  expect((await stream.next('AccessLost')).value.topicId).toBe(content.id);
});

test('an author gains the page in the streams that are open, and its deletion is told before they end', async () => {
  const { owner, content } = await app.world.content({ published: false });
  const author = await app.world.person();
  const stream = await (await other.socket(author)).subscribe(events, { topics: [{ kind: 'USER' }] });
  await stream.next('Checkpoint');
  await run(app, owner, 'addMember', { topicId: content.id, userId: author.id });
  await stream.next('Checkpoint');
  expect((await stream.next('MemberAdded')).value.topic.id).toBe(content.id);
  const single = await (await app.socket(author)).subscribe(newComment, { contentId: content.id });
  await run(app, owner, 'deleteContent', { contentId: content.id });
  await stream.next('ContentDeleted');
  await single.completed();
  expect(stream.ended).toBe(false);
});

test('who looks at a page is told to its readers, until it is unpublished', async () => {
  const { owner, content, reader } = await published();
  const topic = { kind: 'CONTENT', id: content.id };
  const visitor = await app.world.person();
  const view = (person: Person) =>
    app.ask(person, 'mutation ($input: SetViewingInput!) { setViewing(input: $input) { expiresAt } }', {
      input: { topic, viewing: true },
    });
  const stream = await (await other.socket(reader)).subscribe(signals, { topics: [topic] });
  await view(visitor);
  expect(await nextSignal(stream, { __typename: 'ViewingSignal' })).toMatchObject({
    userId: visitor.id,
    viewing: true,
  });
  const viewers = async () =>
    (await app.ask(owner, 'query ($id: ID!) { content(id: $id) { viewers { users { id } } } }', { id: content.id }))
      .content.viewers.users;
  expect(await viewers()).toEqual([{ id: visitor.id }]);
  await run(app, owner, 'unpublishContent', { contentId: content.id });
  expect(await viewers()).toEqual([]);
  expect(await stream.error()).toMatchObject(noAccess);
  await expect(view(visitor)).rejects.toThrow('No such page, or no access to it.');
});

const page = `query ($id: ID!) { content(id: $id) { headCursor id type title body status publishedAt version
  rating { average count } comments(first: 5) { nodes { id text editedAt replyTo { id } author { id } } } } }`;

test('stale state and events make the fresh state, for every command, with a disconnect half-way', async () => {
  const { owner, authors, content } = await app.world.content({ published: false, authors: 1 });
  const [author] = authors as [Person];
  const contentId = content.id;
  const comment = await app.world.comment({ content, by: author });
  const reader = await app.world.person();
  const act = (by: Person, name: string, input: object) => () => run(app, by, name, input);
  const seen = await verifyEvents(app, {
    person: author,
    topic: { kind: 'CONTENT', id: contentId },
    query: page,
    variables: { id: contentId },
    resumeOn: other,
    act: [
      act(owner, 'updateContent', { contentId, title: 'New', body: 'Text', type: 'BLOG' }),
      act(owner, 'publishContent', { contentId }),
      act(reader, 'addComment', { contentId, text: 'Nice', mentions: [owner.id] }),
      act(owner, 'addComment', { contentId, text: 'Thanks', replyTo: comment.id }),
      act(author, 'editComment', { commentId: comment.id, text: 'Better' }),
      act(reader, 'rateContent', { contentId, value: 4 }),
      act(reader, 'rateContent', { contentId, value: 5 }),
      act(author, 'deleteComment', { commentId: comment.id }),
      act(owner, 'unpublishContent', { contentId }),
    ],
    // A deleted comment keeps its place in the list.
    reduce: (state, event) => {
      const { nodes } = (state.content as { comments: { nodes: { id: string }[] } }).comments;
      const { comment } = event as { comment?: { id: string } };
      if (comment && !nodes.some(({ id }) => id === comment.id)) nodes.push(structuredClone(comment));
    },
  });
  expect(seen.map(({ __typename }) => __typename)).toEqual([
    'ContentUpdated',
    'ContentPublished',
    'CommentAdded',
    'CommentAdded',
    'CommentEdited',
    'RatingAdded',
    'RatingAdded',
    'CommentDeleted',
    'ContentUnpublished',
  ]);
});

describe('notifications', () => {
  const document = '{ notifications { nodes { type reason title count subject { __typename id } } } }';
  /** What somebody has been told of a page, newest first. */
  const told = async (person: Person) => {
    await app.settled();
    return (await app.ask(person, document)).notifications.nodes.map(
      ({ type, reason, title }: Record<string, string>) => [type, reason, title],
    );
  };

  test('tell authors of comments and ratings, those answered of answers, those mentioned of mentions', async () => {
    const { owner, content, reader } = await published({ input: { title: 'Sheds' } });
    const [second, mentioned] = [await app.world.person(), await app.world.person()];
    const first = await app.world.comment({ content, by: reader });
    await app.world.comment({ content, by: second, replyTo: first, mentions: [mentioned] });
    for (const value of [4, 5]) await run(app, second, 'rateContent', { contentId: content.id, value });
    expect(await told(owner)).toEqual([
      ['RATING_ADDED', 'RATED', `${second.name} rated Sheds`],
      ['COMMENT_ADDED', 'COMMENTED', '2 people commented on Sheds'],
    ]);
    expect(await told(reader)).toEqual([['COMMENT_ADDED', 'REPLIED', `${second.name} answered you on Sheds`]]);
    expect(await told(mentioned)).toEqual([['COMMENT_ADDED', 'MENTIONED', `${second.name} mentioned you on Sheds`]]);
    expect(await told(second)).toEqual([]);

    await run(app, owner, 'unpublishContent', { contentId: content.id });
    expect(await told(reader)).toEqual([
      ['COMMENT_ADDED', 'REPLIED', 'Something happened in a place you can no longer read.'],
    ]);
  });

  test('reach nobody who may not read the page', async () => {
    const { owner, content, reader } = await published();
    const comment = await app.world.comment({ content, by: reader });
    await run(app, owner, 'unpublishContent', { contentId: content.id });
    await app.world.comment({ content, by: owner, replyTo: comment });
    expect(await told(reader)).toEqual([]);
    const mention = 'mutation ($input: AddCommentInput!) { addComment(input: $input) { eventCursor } }';
    const input = { contentId: content.id, text: 't', mentions: [reader.id] };
    expect((await app.graphql(owner, mention, { input })).errors?.[0]).toMatchObject({
      message: 'mentions names somebody who may not read the page.',
      extensions: { code: 'VALIDATION_ERROR', field: 'mentions' },
    });
  });
});

test('a page named by externalId stays in a stream of everything when its reader gains something else', async () => {
  const externalId = `article-${Date.now()}`;
  const { owner, content, reader } = await published({ externalId });
  const topics = [{ kind: 'USER' }, { kind: 'CONTENT', id: externalId }];
  const stream = await (await other.socket(reader)).subscribe(events, { topics });
  await stream.next('Checkpoint');
  const { project, owner: lead } = await app.world.project();
  await app.world.member({ project, by: lead, person: reader });
  // Says that the new project is followed by now.
  await stream.next('Checkpoint');
  await run(app, owner, 'updateContent', { contentId: content.id, title: 'Still heard' });
  expect((await stream.next('ContentUpdated')).value).toMatchObject({ content: { title: 'Still heard' } });
  expect(stream.waiting.map(({ value }) => value.__typename)).not.toContain('AccessLost');
});

test('activity and sync read a published page, and a draft for its authors only', async () => {
  const { owner, content, reader } = await published();
  const activity = 'query ($topics: [TopicRef!]) { activity(topics: $topics) { nodes { __typename } } }';
  const sync = `query ($topics: [TopicRef!]!, $since: [Cursor!]!) { sync(topics: $topics, since: $since) {
    items { __typename } cursors { topic } } }`;
  const variables = { topics: pageOf(content), since: [] };
  const kinds = ['ContentCreated', 'ContentPublished'];
  const read = async (person: Person) => {
    const feed = await app.ask(person, activity, { topics: pageOf(content) });
    const { sync: synced } = await app.ask(person, sync, variables);
    return [feed.activity.nodes.reverse(), synced.items].map((items) =>
      items.map(({ __typename }: { __typename: string }) => __typename),
    );
  };
  for (const person of [owner, reader]) expect(await read(person)).toEqual([kinds, kinds]);
  await run(app, owner, 'unpublishContent', { contentId: content.id });
  await expect(read(reader)).rejects.toThrow('No such page, or no access to it.');
  expect(await read(owner)).toEqual([
    [...kinds, 'ContentUnpublished'],
    [...kinds, 'ContentUnpublished'],
  ]);
});
