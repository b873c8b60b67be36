import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';

const stream = 'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename correlationId } }';
const createTask = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }';

interface SentSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  /** `service.instance.id` of its server. */
  instance: string;
  attributes: Record<string, unknown>;
}

/** A collector of OTLP over HTTP that keeps what it is sent. */
async function startCollector() {
  const spans: SentSpan[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    for (const { resource, scopeSpans } of JSON.parse(Buffer.concat(chunks).toString()).resourceSpans) {
      const instance = valuesOf(resource.attributes)['service.instance.id'] as string;
      for (const span of scopeSpans.flatMap(({ spans: sent }: { spans: object[] }) => sent)) {
        spans.push({ ...span, instance, attributes: valuesOf(span.attributes) });
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function valuesOf(attributes: { key: string; value: Record<string, unknown> }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

test('one trace leads from the mutation on one server to the delivery on another', async () => {
  await using collector = await startCollector();
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  const instances: string[] = [];
  let seenTraceparent: unknown;
  {
    await using app = await startApp({ config: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    await using other = await startApp({ with: app });
    instances.push(app.services.instanceId, other.services.instanceId);
    const { owner, project } = await app.world.project();
    const seen = await (await other.socket(owner)).subscribe(stream, { projectId: project.id });
    await expect.poll(() => other.hub.census().behind).toBe(0);
    const answer = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await app.token(owner)}`,
        traceparent,
        'x-correlation-id': 'from-the-browser',
      },
      body: JSON.stringify({
        query: createTask,
        variables: { input: { projectId: project.id, title: 'Traced' } },
      }),
    });
    expect(await answer.json()).not.toHaveProperty('errors');
    const { value, extensions } = await seen.next();
    expect(value.correlationId).toBe('from-the-browser');
    expect(extensions).toMatchObject({ correlationId: 'from-the-browser' });
    seenTraceparent = extensions?.traceparent;
  }
  // Servers send what they have when they end.
  const ofTrace = collector.spans.filter((span) => span.traceId === traceId);
  const named = (name: string) => ofTrace.find((span) => span.name === name);
  const [commit, publish, deliver] = [named('event.commit'), named('event.publish'), named('event.deliver')];
  expect(commit).toMatchObject({ parentSpanId: 'b7ad6b7169203331', instance: instances[0] });
  expect(publish).toMatchObject({ parentSpanId: commit?.spanId, instance: instances[0] });
  expect(deliver).toMatchObject({
    parentSpanId: commit?.spanId,
    instance: instances[1],
    attributes: { 'belfry.kind': 'TaskCreated', 'belfry.deliveries': 1 },
  });
  expect(seenTraceparent).toBe(`00-${traceId}-${commit?.spanId}-01`);
});

test('a traceparent comes with a socket or with one operation on it, and one that is not sampled stays so', async () => {
  await using collector = await startCollector();
  const [ofSocket, ofOperation] = ['1'.repeat(32), '2'.repeat(32)];
  {
    await using app = await startApp({ config: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    const { owner, project } = await app.world.project();
    const connectionParams = { authToken: await app.token(owner), traceparent: `00-${ofSocket}-${'a'.repeat(16)}-01` };
    const socket = await app.socket(owner, { connectionParams });
    const input = { projectId: project.id, title: 'Over the socket' };
    await (await socket.subscribe(createTask, { input })).next();
    socket.send({
      id: 'own',
      type: 'subscribe',
      payload: {
        query: createTask,
        variables: { input },
        extensions: { traceparent: `00-${ofOperation}-${'b'.repeat(16)}-00` },
      },
    });
    await expect
      .poll(() => socket.frames.some((frame) => frame.includes('"complete"') && frame.includes('"own"')))
      .toBe(true);
  }
  expect(collector.spans.some(({ traceId, name }) => traceId === ofSocket && name === 'event.commit')).toBe(true);
  expect(collector.spans.some(({ traceId }) => traceId === ofOperation)).toBe(false);
});

test('without an address for spans nothing is traced, whatever clients send', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const connectionParams = {
    authToken: await app.token(owner),
    traceparent: `00-${'1'.repeat(32)}-${'a'.repeat(16)}-01`,
  };
  const socket = await app.socket(owner, { connectionParams });
  const seen = await socket.subscribe(stream, { projectId: project.id });
  await socket.subscribe(createTask, { input: { projectId: project.id, title: 'Untraced' } });
  const { extensions } = await seen.next('TaskCreated');
  expect(Object.keys(extensions ?? {}).sort()).toEqual(['correlationId', 'cursor', 'topic']);
});
