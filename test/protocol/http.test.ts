import { connect } from 'node:net';
import fc from 'fast-check';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import type { Person, ProjectWorld } from '../support/world.ts';

let app: TestApp;
let world: ProjectWorld;
let stranger: Person;
beforeAll(async () => {
  app = await startApp({
    config: { HTTP_MAX_BODY_BYTES: '65536', ALLOWED_ORIGINS: 'https://app.example.com,http://localhost:*' },
  });
  world = await app.world.project({ members: 1, externalId: 'here' });
  stranger = await app.world.person({ workspace: await app.world.newWorkspace() });
});
afterAll(async () => app[Symbol.asyncDispose]());

interface Answered {
  status: number;
  headers: Headers;
  data: Record<string, unknown> | null | undefined;
  /** `extensions.code` of each error. */
  codes: string[];
  messages: string[];
  text: string;
}

async function send(path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Answered> {
  const response = await fetch(`${app.url}${path}`, init);
  const text = await response.text();
  const { data, errors = [] } = text === '' ? {} : JSON.parse(text);
  for (const { extensions } of errors)
    expect(extensions).toMatchObject({ code: expect.any(String), timestamp: expect.any(String) });
  const codes = errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code);
  const messages = errors.map(({ message }: { message: string }) => message);
  return { status: response.status, headers: response.headers, data, codes, messages, text };
}

/** Posts JSON; text and bytes go as they are. */
async function post(body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  const raw = typeof body === 'string' ? body : body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body);
  return send('/graphql', { method: 'POST', body: raw, headers: { 'content-type': 'application/json', ...headers } });
}

async function as(person: Person): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await app.token(person)}` };
}

const createTask = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }';
const ping = '{ ping { timestamp } }';

/** Everything written so far that a refused request might have added to. */
async function written(): Promise<unknown> {
  const { db } = app.services.database;
  return [
    await db.task.count(),
    await db.project.count(),
    await db.loggedEvent.count(),
    await db.idempotencyRecord.count(),
  ];
}

describe('requests that are none', () => {
  test.each([
    ['broken JSON', '{"query": "{ ping'],
    ['no object', '"{ ping { timestamp } }"'],
    ['null', 'null'],
    ['no query', '{}'],
    ['a query that is no text', '{"query": 1}'],
    ['variables that are no object', JSON.stringify({ query: ping, variables: [1] })],
    ['extensions that are no object', JSON.stringify({ query: ping, extensions: 'x' })],
    ['an operation name that is no text', JSON.stringify({ query: ping, operationName: 7 })],
    ['a batch', JSON.stringify([{ query: ping }, { query: ping }])],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
    ['nothing', ''],
  ])('%s is answered 400 with a code', async (_what, body) => {
    expect(await post(body)).toMatchObject({ status: 400, codes: ['VALIDATION_ERROR'] });
    expect(await post(body, { accept: 'application/json' })).toMatchObject({
      status: 400,
      codes: ['VALIDATION_ERROR'],
    });
  });

  test('a mutation in a form, a plain text or any other body a foreign page may post is refused, and nothing is written', async () => {
    const before = await written();
    const query = `mutation { createTask(input: { projectId: "here", title: "forged" }) { task { id } } }`;
    const operations = new FormData();
    operations.set('operations', JSON.stringify({ query }));
    operations.set('map', '{}');
    const bodies: [string | undefined, BodyInit][] = [
      [undefined, new URLSearchParams({ query })],
      [undefined, operations],
      ['text/plain', JSON.stringify({ query })],
      ['application/graphql', query],
      ['application/jsonp', JSON.stringify({ query })],
      [undefined, new Uint8Array(Buffer.from(JSON.stringify({ query })))],
    ];
    for (const [type, body] of bodies) {
      const headers = { ...(await as(world.owner)), ...(type && { 'content-type': type }) };
      const answer = await send('/graphql', { method: 'POST', body, headers });
      expect(answer).toMatchObject({ status: 415, codes: ['VALIDATION_ERROR'] });
    }
    expect(await written()).toEqual(before);
  });

  test('a compressed body is refused', async () => {
    expect(await post('x', { 'content-encoding': 'gzip' })).toMatchObject({ status: 415, codes: ['VALIDATION_ERROR'] });
  });

  test('a mutation over GET is refused and nothing is written, a query over GET is answered', async () => {
    const before = await written();
    const query = 'mutation { createTask(input: { projectId: "here", title: "by link" }) { task { id } } }';
    const refused = await send(`/graphql?query=${encodeURIComponent(query)}`, { headers: await as(world.owner) });
    expect(refused).toMatchObject({ status: 405, codes: ['VALIDATION_ERROR'] });
    expect(refused.headers.get('allow')).toBe('POST');
    expect(await written()).toEqual(before);
    const parameters = new URLSearchParams({
      query: 'query ($id: ID!) { node(id: $id) { id } }',
      variables: '{"id":"x"}',
    });
    expect((await send(`/graphql?${parameters}`, { headers: await as(world.owner) })).status).toBe(200);
    expect(await send('/graphql?query=x&variables=x')).toMatchObject({ status: 400, codes: ['VALIDATION_ERROR'] });
  });

  test.each(['PUT', 'DELETE', 'PATCH'])('%s is answered 405', async (method) => {
    const answer = await send('/graphql', { method });
    expect(answer).toMatchObject({ status: 405, codes: ['VALIDATION_ERROR'] });
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });

  test('a body over the limit is answered 413, with its length announced and without', async () => {
    const tooMuch = JSON.stringify({ query: ping, variables: { text: 'x'.repeat(70_000) } });
    expect(await post(tooMuch)).toMatchObject({ status: 413, codes: ['VALIDATION_ERROR'] });
    const chunk = new TextEncoder().encode('x'.repeat(16_384));
    const endless = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 1_000_000; sent += chunk.length) controller.enqueue(chunk);
        controller.close();
      },
    });
    const headers = { 'content-type': 'application/json' };
    const answer = await send('/graphql', { method: 'POST', body: endless, duplex: 'half', headers });
    expect(answer).toMatchObject({ status: 413, codes: ['VALIDATION_ERROR'] });
  });

  test('addresses that are none are answered 400 without a trace of the server', async () => {
    for (const head of [
      'GET /graphql HTTP/1.1\r\nHost: [',
      'GET //graphql HTTP/1.1\r\nHost: a',
      'OPTIONS * HTTP/1.1\r\nHost: a',
    ]) {
      const answer = await raw(`${head}\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(answer).toContain('VALIDATION_ERROR');
      expect(answer).not.toContain('node_modules');
    }
  });

  test('unknown paths are answered 404 as JSON', async () => {
    expect(await send('/nothing/here')).toMatchObject({ status: 404, codes: ['NOT_FOUND'] });
    expect(await send('/healthz/x', { method: 'POST' })).toMatchObject({ status: 404, codes: ['NOT_FOUND'] });
  });
});

describe('documents', () => {
  const nested = (levels: number) =>
    `{ node(id: "x") { ... on Task { project { ${'tasks { nodes { project { '.repeat(levels)} id ${'} } }'.repeat(levels)} } } } }`;
  test.each([
    ['a syntax error', '{ ping {', /^Syntax Error/],
    ['an unknown field', '{ nothing }', /Cannot query field "nothing"/],
    ['too deep', nested(6), /depth limit/],
    [
      'too many aliases',
      `{ ${Array.from({ length: 40 }, (_, i) => `a${i}: ping { timestamp }`).join(' ')} }`,
      /Aliases limit/,
    ],
    [
      'too many directives',
      `{ ping { timestamp ${'@include(if: true) '.repeat(60)} } }`,
      /Directives limit|can only be used once/,
    ],
    ['too many tokens', `{ ping { ${'timestamp '.repeat(3_000)} } }`, /more than 2000 tokens/],
    [
      'fragments in a circle',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      /Cannot spread fragment/,
    ],
    ['brackets as deep as the stack', `{ node(id: ${'['.repeat(1_990)} }`, /Syntax Error|nests too deep/],
    [
      'introspection as deep as it goes',
      '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
      /introspection depth/i,
    ],
    ['no operation of that name', 'query A { ping { timestamp } } query B { ping { timestamp } }', /operation name/],
  ])(
    '%s: 400, or 200 for a client that knows only application/json, and the same code',
    async (_what, query, message) => {
      const answer = await post({ query });
      expect(answer).toMatchObject({ status: 400, data: undefined });
      expect(new Set(answer.codes)).toEqual(new Set(['VALIDATION_ERROR']));
      expect(answer.messages.join('\n')).toMatch(message);
      const older = await post({ query }, { accept: 'application/json' });
      expect(older).toMatchObject({ status: 200, codes: answer.codes, messages: answer.messages });
    },
  );

  test('a document that failed over the socket fails over HTTP in the same words, and the other way round', async () => {
    const socket = await app.socket(world.owner);
    for (const query of ['{ first', '{ second }']) {
      const sub = await socket.subscribe(query);
      const error = await sub.error();
      const { messages, codes } = await post({ query });
      expect([error.message, error.extensions?.code]).toEqual([messages[0], codes[0]]);
    }
  });

  test('GraphiQL may read the whole schema, within the limits', async () => {
    const answer = await post({
      query: getIntrospectionQuery({ descriptions: true, specifiedByUrl: true, inputValueDeprecation: true }),
    });
    expect(answer).toMatchObject({ status: 200, codes: [] });
  });

  test('in production the schema can neither be read nor guessed', async () => {
    await using closed = await startApp({ config: { INTROSPECTION: 'false' } });
    const schema = await closed.graphql(undefined, '{ __schema { types { name } } }');
    expect(schema.errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR' });
    const typo = await closed.graphql(undefined, '{ pingg { timestamp } }');
    expect(JSON.stringify(typo.errors)).not.toContain('Did you mean');
  });
});

describe('values', () => {
  test.each<[string, object, string | undefined]>([
    ['an unknown enum value', { title: 'x', priority: 'WHENEVER' }, 'input.priority'],
    ['a date that is none', { title: 'x', dueAt: 'the day after tomorrow' }, 'input.dueAt'],
    ['a date of another kind', { title: 'x', dueAt: 12 }, 'input.dueAt'],
    ['a number that is none', { title: 'x', estimateMinutes: 'ten' }, 'input.estimateMinutes'],
    ['a number out of range', { title: 'x', estimateMinutes: 2 ** 31 }, 'input.estimateMinutes'],
    ['a field that does not exist', { title: 'x', owner: 'me' }, 'input'],
    ['a missing field', {}, 'input'],
    ['a text too long', { title: 'x'.repeat(201) }, undefined],
    ['a text of spaces', { title: '   ' }, undefined],
    ['an object instead of a text', { title: { text: 'x' } }, 'input.title'],
    ['NUL in a text', { title: 'a\u0000b' }, undefined],
    ['half a surrogate', { title: 'a\ud800b' }, undefined],
  ])('%s is refused with the field, and nothing is written', async (_what, input, field) => {
    const before = await written();
    const answer = await post(
      { query: createTask, variables: { input: { projectId: 'here', ...input } } },
      await as(world.owner),
    );
    expect(answer.codes).toEqual(['VALIDATION_ERROR']);
    const { extensions } = JSON.parse(answer.text).errors[0];
    if (field === undefined) expect(extensions.field).toBeTypeOf('string');
    else expect(extensions).toMatchObject({ field });
    expect(await written()).toEqual(before);
  });

  test('no variables at all: the error names the missing one', async () => {
    const answer = await post({ query: createTask }, await as(world.owner));
    expect(JSON.parse(answer.text).errors[0].extensions).toMatchObject({ code: 'VALIDATION_ERROR', field: 'input' });
  });

  test('ids that are unknown, no ids at all or of another tenant are answered alike', async () => {
    const before = await written();
    const ask = async (person: Person, projectId: string) =>
      post({ query: createTask, variables: { input: { projectId, title: 'x' } } }, await as(person));
    const { id } = world.project;
    const answers = [
      await ask(world.owner, '00000000-0000-7000-8000-000000000000'),
      await ask(world.owner, "'; DROP TABLE task; --"),
      await ask(world.owner, 'x'.repeat(5_000)),
      await ask(stranger, id),
      await ask(stranger, 'here'),
      await ask(world.owner, id.toUpperCase()),
    ];
    for (const { codes, messages } of answers) {
      expect(codes).toEqual(['FORBIDDEN']);
      expect(messages).toEqual(['No such project, or no access to it.']);
    }
    expect(await written()).toEqual(before);
  });

  test('places in lists that are none are the caller’s mistake', async () => {
    const query =
      'query ($first: Int, $after: String) { tasks(projectId: "here", first: $first, after: $after) { nodes { id } } }';
    for (const variables of [
      { first: -1 },
      { after: 'x' },
      { after: 'R1BDOlM6eA==' },
      { after: '\u0000' },
      { first: 2 ** 40 },
    ]) {
      const { codes } = await post({ query, variables }, await as(world.owner));
      expect([variables, codes]).toEqual([variables, ['VALIDATION_ERROR']]);
    }
  });

  test('a key named __proto__ changes nothing', async () => {
    const own = '"__proto__": { "query": "{ nothing }", "polluted": true }';
    const body = `{ "query": ${JSON.stringify(ping)}, "variables": { ${own} }, "extensions": { ${own} }, ${own} }`;
    expect(await post(body, await as(world.owner))).toMatchObject({ status: 200, codes: [] });
    const input = `{ "query": ${JSON.stringify(createTask)}, "variables": { "input": { "projectId": "here", "title": "x", ${own} } } }`;
    expect(await post(input, await as(world.owner))).toMatchObject({ codes: ['VALIDATION_ERROR'] });
    expect('polluted' in {}).toBe(false);
  });

  test('JSON nested a hundred thousand times is refused', async () => {
    const deep = `{ "query": ${JSON.stringify(createTask)}, "variables": { "input": ${'['.repeat(30_000)}${']'.repeat(30_000)} } }`;
    expect(await post(deep, await as(world.owner))).toMatchObject({ status: 400, codes: ['VALIDATION_ERROR'] });
    // The value of a scalar is the command's to judge, or nobody can tell whether a key was used with it.
    const document = 'mutation ($input: CreateConversationInput!) { createConversation(input: $input) { created } }';
    for (const key of ['', ', "idempotencyKey": "deep"']) {
      const input = `{ "kind": "TALK", "participantIds": [], "metadata": { "a": ${'['.repeat(9_000)}${']'.repeat(9_000)} }${key} }`;
      const body = `{ "query": ${JSON.stringify(document)}, "variables": { "input": ${input} } }`;
      expect(await post(body, await as(world.owner))).toMatchObject({ status: 200, codes: ['VALIDATION_ERROR'] });
    }
  });
});

describe('tokens', () => {
  test('without a token what needs none is answered, the rest says it is missing, both with 200', async () => {
    expect(await post({ query: '{ __typename }' })).toMatchObject({ status: 200, codes: [] });
    const answer = await post({ query: '{ me { id } }' });
    expect(answer).toMatchObject({ status: 200, codes: ['UNAUTHORIZED'], messages: ['Missing authentication token'] });
  });

  test('a token that is no good is answered 401, whatever was asked', async () => {
    const good = await app.token(world.owner);
    const expired = await app.token(world.owner, { exp: Math.floor(app.clock.now().getTime() / 1000) - 3600 });
    const bad: [string, string][] = [
      ['Bearer x', 'Invalid authentication token'],
      ['Basic YWRhOmFkYQ==', 'Invalid authentication token'],
      [`Bearer ${good.slice(0, -3)}AAA`, 'Invalid authentication token'],
      [`Bearer ${expired}`, 'Token expired'],
    ];
    for (const [authorization, message] of bad) {
      for (const accept of ['application/json', 'application/graphql-response+json']) {
        const answer = await post({ query: ping }, { authorization, accept });
        expect(answer).toMatchObject({ status: 401, codes: ['UNAUTHORIZED'], messages: [message], data: undefined });
      }
    }
  });

  test('a token in the address counts only where it is allowed', async () => {
    const token = await app.token(world.owner);
    expect(await send(`/graphql?query={me{id}}&token=${token}`)).toMatchObject({ codes: ['UNAUTHORIZED'] });
    await using open = await startApp({ with: app, config: { ALLOW_QUERY_TOKEN: 'true' } });
    const answer = await fetch(`${open.url}/graphql?query={me{id}}&token=${token}`);
    expect(await answer.json()).toEqual({ data: { me: { id: world.owner.id } } });
  });
});

describe('answers', () => {
  test('the correlation id of the caller comes back, in the header and in errors; a senseless one is replaced', async () => {
    const given = await post({ query: '{ me { id } }' }, { 'x-correlation-id': 'order-66' });
    expect(given.headers.get('x-correlation-id')).toBe('order-66');
    expect(given.text).toContain('"correlationId":"order-66"');
    for (const senseless of ['two words', 'x'.repeat(129), 'caf\u00e9']) {
      const answer = await post({ query: '{ me { id } }' }, { 'x-correlation-id': senseless });
      const own = answer.headers.get('x-correlation-id');
      expect(own).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.text).toContain(`"correlationId":"${own}"`);
    }
  });

  test('errors name the root field at fault, also behind an alias', async () => {
    const { text } = await post({ query: 'query Mine { __typename self: me { id } }' });
    const [error] = JSON.parse(text).errors;
    expect(error).toMatchObject({
      path: ['self'],
      locations: [{ line: 1 }],
      extensions: { originalEvent: 'me', httpStatus: 401 },
    });
  });

  test('an answer nobody accepts is refused before the mutation is run', async () => {
    const before = await written();
    const body = { query: createTask, variables: { input: { projectId: 'here', title: 'x' } } };
    const answer = await post(body, { ...(await as(world.owner)), accept: 'image/png' });
    expect(answer).toMatchObject({ status: 406, codes: ['VALIDATION_ERROR'] });
    expect(await written()).toEqual(before);
  });

  test('the media type follows what the client prefers', async () => {
    const typeFor = async (accept: string) => (await post({ query: ping }, { accept })).headers.get('content-type');
    expect(await typeFor('*/*')).toBe('application/graphql-response+json; charset=utf-8');
    expect(await typeFor('application/json')).toBe('application/json; charset=utf-8');
    expect(await typeFor('application/graphql-response+json;q=0.5, application/json')).toBe(
      'application/json; charset=utf-8',
    );
    expect(await typeFor('text/html, */*;q=0.1')).toBe('application/graphql-response+json; charset=utf-8');
  });

  test('a subscription without a stream to answer it on is refused with what to do', async () => {
    const answer = await post({ query: 'subscription { inbox { __typename } }' }, await as(world.owner));
    expect(answer).toMatchObject({ status: 406, codes: ['VALIDATION_ERROR'] });
  });

  test('what fails inside says nothing but its correlation id, and is logged with it once', async () => {
    await using broken = await startApp({ config: { LOG_LEVEL: 'error' } });
    const person = await broken.world.person();
    await broken.services.database.query('ALTER TABLE "Project" RENAME TO "ProjectAway"');
    const query = '{ a: projects { nodes { id } } }';
    const headers = { authorization: `Bearer ${await broken.token(person)}`, 'x-correlation-id': 'find-me' };
    const response = await fetch(`${broken.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] };
    expect(errors).toMatchObject([
      {
        message: 'Something went wrong on the server.',
        path: ['a'],
        extensions: { code: 'INTERNAL_ERROR', correlationId: 'find-me', originalEvent: 'projects' },
      },
    ]);
    expect(JSON.stringify(errors)).not.toMatch(/prisma|ProjectAway|SELECT|node_modules/i);
    const lines = broken.logs.filter((line) => line.includes('find-me'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('eyJ');
  });
});

describe('browsers', () => {
  const preflight = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };

  test.each(['https://app.example.com', 'http://localhost:5173', 'http://localhost'])(
    '%s may use the API',
    async (origin) => {
      const asked = await send('/graphql', { method: 'OPTIONS', headers: { origin, ...preflight } });
      expect(asked.status).toBe(204);
      const answer = await post({ query: ping }, { origin });
      for (const { headers } of [asked, answer]) {
        expect(headers.get('access-control-allow-origin')).toBe(origin);
        expect(headers.get('access-control-allow-credentials')).toBe('true');
        expect(headers.get('vary')).toMatch(/\bOrigin\b/);
      }
      expect(asked.headers.get('access-control-allow-headers')).toMatch(/authorization/);
    },
  );

  test.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'http://localhost.evil.example:80',
    'https://app.example.com:8443',
    'null',
    'file://',
    'x',
  ])('%s is not told it may', async (origin) => {
    const asked = await send('/graphql', { method: 'OPTIONS', headers: { origin, ...preflight } });
    const answer = await post({ query: ping }, { origin });
    for (const { headers } of [asked, answer]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers.get('vary')).toMatch(/\bOrigin\b/);
    }
  });
});

describe('probes', () => {
  test('the server says that it lives and that it is ready', async () => {
    expect(await send('/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(await send('/readyz')).toMatchObject({ status: 200, text: `{"status":"ok","database":"ok","redis":"ok"}` });
  });
});

test('whatever is sent, the answer is JSON with a code, never a fault of the server', async () => {
  const headers = await as(world.owner);
  const before = app.logs.length;
  const value = fc.jsonValue({ maxDepth: 3 });
  const body = fc.oneof(
    fc.record({
      query: fc.oneof(fc.string(), fc.constantFrom(createTask, ping)),
      variables: value,
      operationName: value,
    }),
    fc.record({ query: fc.constant(createTask), variables: fc.record({ input: value }) }),
    fc.record({
      query: fc.constant(createTask),
      variables: fc.record({
        input: fc.record({ projectId: fc.string(), title: value, dueAt: value, priority: value }),
      }),
    }),
    value,
  );
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const { status, codes, data } = await post(sent, headers);
      expect(status).toBeLessThan(500);
      expect(codes).not.toContain('INTERNAL_ERROR');
      if (codes.length === 0) expect(data).toBeTypeOf('object');
    }),
    { numRuns: 300, endOnFailure: true },
  );
  expect(app.logs.slice(before).filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

/** What the server answers to these very bytes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(app.port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
