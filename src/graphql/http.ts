import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type ExecutionResult, executeRootSelectionSet, OperationTypeNode, validateExecutionArgs } from 'graphql';
import { createYoga, type Plugin, type YogaLogger } from 'graphql-yoga';
import { newId } from '../platform/ids.ts';
import { isAllowedOrigin } from '../platform/origins.ts';
import { type Context, requestContext, type Services, type Session, type Viewer } from './context.ts';
import type { Documents } from './documents.ts';
import { type ErrorScene, formatResult, operationOf, RequestRefused, toGraphQLError } from './errors.ts';
import {
  acceptsPage,
  acceptsStream,
  correlationIdOf,
  type GraphQLParams,
  type ResultType,
  readParams,
  resultTypeFor,
} from './httpRequest.ts';

/** A file answered as it is. */
export interface StaticFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The explorer: its page, and what the page loads, by path. */
export interface ExplorerFiles {
  readonly page: StaticFile;
  readonly assets: ReadonlyMap<string, StaticFile>;
}

/** A subscription to be answered as server-sent events. */
export interface SseRequest {
  readonly document: NonNullable<ReturnType<Documents['get']>['document']>;
  readonly variableValues: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
  readonly contextValue: Context;
  /** Undefined: the request carried no token. */
  readonly viewer: Viewer | undefined;
  readonly session: Session;
  readonly correlationId: string;
  /** `extensions.after` of the request as it was sent; undefined: not given. */
  readonly after: unknown;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

/** What the HTTP side is made of. */
export interface HttpParts {
  readonly services: Services;
  readonly documents: Documents;
  /**
   * The person whose token the request carries; undefined when it carries none.
   * @throws AppError UNAUTHORIZED when the token is no good.
   */
  authenticate(
    request: { readonly headers: IncomingHttpHeaders; readonly url?: string | undefined },
    session: Session,
  ): Promise<Viewer | undefined>;
  /** Answers a subscription; what it throws is answered as any other error. */
  sse(request: SseRequest): Promise<Response> | Response;
  /** Absent: no explorer is served. */
  readonly explorer?: ExplorerFiles | undefined;
}

/** One request on its way. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly resultType: ResultType | undefined;
  scene: ErrorScene;
  /** What `sse` answered. */
  stream?: Response;
}

type ServerContext = { exchange: Exchange };

// OPTIONS asks for leave (CORS).
const methods = new Set<string | undefined>(['GET', 'POST', 'OPTIONS']);

/** The handler of a node:http server: the API, the explorer and the probes `/healthz` and `/readyz`. */
export function createHttpHandler(parts: HttpParts): (request: IncomingMessage, response: ServerResponse) => void {
  const { services, explorer } = parts;
  const { config, clock } = services;
  const log = services.log.child({ ns: 'http' });
  const yoga = createGraphQLHandler(parts, log);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const correlationId = correlationIdOf(request.headers['x-correlation-id']);
    const scene: ErrorScene = { correlationId, clock, log };
    response.setHeader('x-correlation-id', correlationId);
    response.setHeader('x-content-type-options', 'nosniff');
    const reading = request.method === 'GET' || request.method === 'HEAD';
    const path = pathOf(request);
    if (path === undefined) return refuse(response, 400, 'The address is not valid.', scene);
    const isApi = path === config.graphqlPath || path === `${config.graphqlPath}/`;
    if (reading && explorer && (isApi || path === '/') && acceptsPage(request.headers.accept)) {
      return sendFile(request, response, explorer.page);
    }
    if (isApi) {
      if (methods.has(request.method)) return yoga(request, response, { exchange: exchangeOf(request, scene) });
      return refuse(response, 405, 'Use POST, or GET for queries.', scene);
    }
    if (reading) {
      const asset = explorer?.assets.get(path);
      if (asset) return sendFile(request, response, asset);
      if (path === '/healthz') return sendJson(response, 200, { status: 'ok' });
      if (path === '/readyz') {
        const ready = await isReady(services);
        return sendJson(response, ready ? 200 : 503, { status: ready ? 'ok' : 'unavailable' });
      }
    }
    return refuse(response, 404, 'There is nothing at this address.', scene);
  }

  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request failed');
      // Not even an error could be written; the client sees the connection end.
      response.destroy();
    });
  };
}

function createGraphQLHandler(parts: HttpParts, log: Services['log']) {
  const { services, documents } = parts;
  const { config, clock } = services;

  async function run(exchange: Exchange, params: GraphQLParams, signal: AbortSignal): Promise<ExecutionResult> {
    const { request, scene } = exchange;
    const prepared = documents.get(params.query);
    const { document } = prepared;
    exchange.scene = { ...scene, document, operationName: params.operationName };
    if (!document) return { errors: prepared.errors };
    const kind = operationOf(document, params.operationName)?.operation;
    const streaming = kind === OperationTypeNode.SUBSCRIPTION;
    requireMethodAndType(exchange, kind);
    const session: Session = {
      id: newId(),
      transport: streaming ? 'sse' : 'http',
      connectedAt: clock.now(),
      tokenExpiresAt: undefined,
      ip: request.socket.remoteAddress,
      userAgent: request.headers['user-agent']?.slice(0, 500),
    };
    const viewer = await parts.authenticate(request, session);
    const { correlationId } = scene;
    const contextValue = requestContext(services, { viewer, correlationId });
    const { variables: variableValues, operationName } = params;
    if (streaming) {
      const after = params.extensions?.after;
      const asked = { document, variableValues, operationName, contextValue, after };
      exchange.stream = await parts.sse({
        ...asked,
        viewer,
        session: viewer?.session ?? session,
        correlationId,
        signal,
      });
      return {};
    }
    const { schema, hideSuggestions } = documents;
    const args = { schema, document, variableValues, operationName, contextValue, hideSuggestions };
    const validated = validateExecutionArgs(args);
    return 'schema' in validated ? await executeRootSelectionSet(validated) : { errors: validated };
  }

  const plugin: Plugin<object, ServerContext> = {
    // Yoga's own parsers take forms and plain texts, which a page of another site can post (CSRF).
    onRequestParse({ setRequestParser, serverContext }) {
      setRequestParser(async () => ({
        ...(await readParams(serverContext.exchange.request, config.httpMaxBodyBytes)),
      }));
    },
    // Execution is graphql's own, as on the socket, behind the same documents: both transports answer alike.
    onParams({ setParamsHandler, params, request, context }) {
      setParamsHandler(() => run(context.exchange, params as GraphQLParams, request.signal));
    },
    onResultProcess({ serverContext: { exchange }, setResultProcessor }) {
      setResultProcessor((result, { Response }) => {
        if (exchange.stream) return exchange.stream;
        const { status, headers, body } = rendered(result as ExecutionResult, exchange);
        return new Response(body, { status, headers });
      }, 'application/json');
    },
    onResponse({ response }) {
      // Also without CORS headers: a shared cache must not serve one origin's answer to another.
      response.headers.append('vary', 'Origin');
    },
  };

  return createYoga<ServerContext>({
    schema: documents.schema,
    graphqlEndpoint: config.graphqlPath,
    plugins: [plugin],
    cors: (request) => corsFor(request.headers.get('origin'), config.allowedOrigins),
    logging: yogaLog(log),
    maskedErrors: false,
    parserAndValidationCache: false,
    maxRequestBodySize: false,
    batching: false,
    multipart: false,
    graphiql: false,
    landingPage: false,
    // Yoga compares the end of the whole address with it, query included; no address ends in a space.
    healthCheckEndpoint: ' ',
  });
}

function requireMethodAndType({ request, resultType }: Exchange, kind: OperationTypeNode | undefined): void {
  if (kind === OperationTypeNode.MUTATION && request.method === 'GET') {
    throw new RequestRefused(405, 'VALIDATION_ERROR', 'Send mutations with POST.', { allow: 'POST' });
  }
  if (kind === OperationTypeNode.SUBSCRIPTION) {
    if (acceptsStream(request.headers.accept)) return;
    const message = 'A subscription is answered as text/event-stream, or over a WebSocket (graphql-transport-ws).';
    throw new RequestRefused(406, 'VALIDATION_ERROR', message);
  }
  if (resultType) return;
  throw new RequestRefused(
    406,
    'VALIDATION_ERROR',
    'The answer is application/graphql-response+json or application/json.',
  );
}

function rendered(result: ExecutionResult, exchange: Exchange) {
  const { errors } = result;
  const refusal = errors?.map(({ originalError }) => originalError).find((error) => error instanceof RequestRefused);
  const formatted = formatResult(result, exchange.scene);
  const type = exchange.resultType ?? 'application/json';
  return {
    status: statusOf(formatted, type, refusal),
    headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', ...refusal?.headers },
    body: JSON.stringify(formatted),
  };
}

/**
 * 200 for whatever was executed, field errors or not. A request that was not executed has the status of its first
 * error, but for a well-formed one answered as application/json, which is 200 (GraphQL over HTTP, section 6.4.1).
 */
function statusOf(result: ExecutionResult, type: ResultType, refusal: RequestRefused | undefined): number {
  if (refusal) return refusal.httpStatus;
  if (result.data !== undefined) return 200;
  const { code, httpStatus } = result.errors?.[0]?.extensions ?? {};
  if (code === 'VALIDATION_ERROR' && type === 'application/json') return 200;
  return typeof httpStatus === 'number' ? httpStatus : 500;
}

function exchangeOf(request: IncomingMessage, scene: ErrorScene): Exchange {
  return { request, resultType: resultTypeFor(request.headers.accept), scene };
}

function corsFor(origin: string | null, allowed: readonly string[]) {
  // The headers of an origin that is not allowed are left out, and its browser keeps the answer from the page.
  if (origin === null || !isAllowedOrigin(allowed, origin)) return false;
  return {
    origin: [origin],
    credentials: true,
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'accept', 'x-correlation-id', 'last-event-id'],
    exposedHeaders: ['x-correlation-id'],
    // Chromium keeps it no longer than two hours.
    maxAge: 7200,
  };
}

/** The path asked for; undefined when the address or the `Host` cannot be part of one. */
function pathOf({ url = '', headers }: IncomingMessage): string | undefined {
  // Yoga makes an address of both and answers with a stack trace where that fails.
  const address = URL.parse(url, `http://${headers.host ?? 'localhost'}`);
  return address && url.startsWith('/') && !url.startsWith('//') ? address.pathname : undefined;
}

async function isReady({ database, log }: Services): Promise<boolean> {
  try {
    await database.query('SELECT 1');
    return true;
  } catch (error) {
    log.warn({ err: error }, 'the database does not answer');
    return false;
  }
}

function refuse(response: ServerResponse, status: 400 | 404 | 405, message: string, scene: ErrorScene): void {
  const code = status === 404 ? 'NOT_FOUND' : 'VALIDATION_ERROR';
  if (status === 405) response.setHeader('allow', 'GET, POST');
  sendJson(response, status, { errors: [toGraphQLError(new RequestRefused(status, code, message), scene)] });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = Buffer.from(JSON.stringify(body));
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': text.byteLength };
  response.writeHead(status, { ...headers, 'cache-control': 'no-store' });
  response.end(text);
}

function sendFile(request: IncomingMessage, response: ServerResponse, { headers, body }: StaticFile): void {
  if (headers.etag !== undefined && request.headers['if-none-match'] === headers.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-length': body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function yogaLog(log: Services['log']): YogaLogger {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (...parts: unknown[]) =>
      log[level]({ parts }, 'yoga');
  return { debug: () => {}, info: at('info'), warn: at('warn'), error: at('error') };
}
