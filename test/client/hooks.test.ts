import { ApolloClient, InMemoryCache } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { cacheExchange } from '@urql/exchange-graphcache';
import { Window } from 'happy-dom';
import { createElement, type FunctionComponent, StrictMode } from 'react';
import { createClient, Provider } from 'urql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as apollo from '../../src/client/apollo/index.ts';
import type { BelfryClient } from '../../src/client/index.ts';
import * as urql from '../../src/client/urql/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openClient } from '../support/client.ts';
import { waitLimitMs } from '../support/waiting.ts';

// React looks for a document; requests and sockets stay those of Node.
const window = new Window();
Object.assign(globalThis, { window, document: window.document });
const { createRoot } = await import('react-dom/client');

let app: TestApp;
beforeAll(async () => {
  // A machine whose clock is an hour ahead of the server's: what a signal says to expire is about the server's.
  app = await startApp({ startsAt: new Date(Date.now() - 3_600_000) });
});
afterAll(() => app?.[Symbol.asyncDispose]());

const soon = (read: () => unknown) => expect.poll(read, { timeout: waitLimitMs });

/** The hooks of a library, and its provider around a component. */
const libraries: Record<string, { hooks: typeof apollo | typeof urql; within: Within }> = {
  'Apollo Client': {
    hooks: apollo,
    within(client, component) {
      const own = new ApolloClient({ link: apollo.belfryLink(client), cache: new InMemoryCache(apollo.belfryCache) });
      // biome-ignore lint/correctness/noChildrenProp: the provider's types require it there
      return createElement(ApolloProvider, { client: own, children: component });
    },
  },
  urql: {
    hooks: urql,
    within(client, component) {
      const exchanges = [cacheExchange(urql.belfryCache), urql.belfryExchange(client)];
      return createElement(Provider, { value: createClient({ url: '/', exchanges }) }, component);
    },
  },
};
type Within = (client: BelfryClient, component: ReturnType<typeof createElement>) => ReturnType<typeof createElement>;

/** Renders a component as an application does in development. */
function render(client: BelfryClient, { hooks, within }: (typeof libraries)[string], component: FunctionComponent) {
  const root = createRoot(window.document.createElement('div') as unknown as Element);
  const provided = createElement(hooks.BelfryProvider, { client }, createElement(component));
  root.render(createElement(StrictMode, null, within(client, provided)));
  return { [Symbol.dispose]: () => root.unmount() };
}

describe.each(Object.entries(libraries))('the hooks for %s', (_name, library) => {
  const { hooks } = library;

  test('hear every event once in StrictMode, with one subscription, and tell the state of the connection', async () => {
    const { owner, project } = await app.world.project();
    using opened = openClient(app, owner);
    const heard: string[] = [];
    const shown = { state: '', latest: '' };
    using _ = render(opened.client, library, () => {
      shown.state = hooks.useConnectionState().state;
      const { event } = hooks.useTaskUpdated(
        { projectId: project.id },
        { onEvent: ({ task }) => void heard.push(task.title) },
      );
      shown.latest = event?.task.title ?? '';
      return null;
    });
    await soon(() => shown.state).toBe('LIVE');
    expect(app.hub.sizes.members).toBe(1);
    for (const title of ['One', 'Two', 'Three']) await app.world.task({ project, by: owner, title });
    await soon(() => shown.latest).toBe('Three');
    expect(heard).toEqual(['One', 'Two', 'Three']);
    opened.client.disconnect();
    await soon(() => shown.state).toBe('OFFLINE');
    await app.world.task({ project, by: owner, title: 'Away' });
    opened.client.reconnect();
    await soon(() => shown.latest).toBe('Away');
  });

  test('show the inbox, attention, who is there and who looks at a topic, and keep them up to date', async () => {
    const { owner, project, members } = await app.world.project({ members: 1 });
    const [person = owner] = members;
    const { content } = await app.world.content({ owner });
    // What being added has to say is said before.
    await app.settled();
    using opened = openClient(app, person);
    const shown = { inbox: 0, unread: 0, preset: '', online: false, viewers: [''], comment: '', refused: '' };
    const topic = { kind: 'PROJECT', id: project.id } as const;
    using _ = render(opened.client, library, () => {
      const { notifications, counts } = hooks.useInbox();
      shown.inbox = notifications.length;
      shown.unread = counts?.unread ?? 0;
      shown.preset = hooks.useAttention().attention?.preset ?? '';
      shown.online = hooks.usePresence([owner.id], [topic]).online.get(owner.id) ?? false;
      shown.viewers = hooks.useViewing(topic).viewers.map(({ id }) => id);
      shown.comment = hooks.useNewComment({ contentId: content.id }).event?.comment.text ?? '';
      shown.refused = String(hooks.useTaskUpdated({ projectId: crypto.randomUUID() }).error ?? '');
      return null;
    });
    await opened.state('LIVE');
    await soon(() => shown.refused).toMatch(/^BelfryError: No such project/);
    const viewersOfProject = `query ($id: ID!) { project(id: $id) { viewers { users { id } } } }`;
    await soon(async () => (await app.ask(owner, viewersOfProject, { id: project.id })).project.viewers.users).toEqual([
      { id: person.id },
    ]);
    await soon(() => [shown.inbox, shown.unread]).toEqual([1, 1]);
    await app.world.task({ project, by: owner, assignee: person });
    await app.world.comment({ content, by: owner, text: 'Well written' });
    await app.ask(owner, 'mutation ($input: SetViewingInput!) { setViewing(input: $input) { expiresAt } }', {
      input: { topic, viewing: true },
    });
    const socket = await app.socket(owner);
    await app.ask(person, 'mutation { updateAttention(input: { preset: CALM }) { eventCursor } }');
    await soon(() => shown).toMatchObject({
      inbox: 2,
      unread: 2,
      preset: 'CALM',
      online: true,
      viewers: expect.arrayContaining([owner.id]),
      comment: 'Well written',
    });

    // Nobody tells later that somebody went away meanwhile: it is asked for.
    opened.client.disconnect();
    socket.close(1000);
    await socket.closed();
    opened.client.reconnect();
    await soon(() => shown.online).toBe(false);
  });
});
