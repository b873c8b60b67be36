import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import {
  type ExecutionArgs,
  type ExecutionResult,
  executeRootSelectionSet,
  OperationTypeNode,
  validateExecutionArgs,
} from 'graphql';
import { createYoga, type Plugin, type YogaLogger, type YogaServerInstance } from 'graphql-yoga';
import { addressOf, networkOf } from '../platform/address.ts';
import { AppError, type AppErrorDetails, tokenSentences } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { LimitState } from '../platform/limits.ts';
import type { Log } from '../platform/log.ts';
import { isAllowedOrigin } from '../platform/origins.ts';
import { type Context, requestContext, type Services, type Session, type Viewer } from './context.ts';
import type { Documents } from './documents.ts';
import { type ErrorScene, formatResult, operationOf, RequestRefused } from './errors.ts';
import { acceptsStream, type GraphQLParams, type ResultType, readParams } from './httpRequest.ts';

/** What GraphQL over HTTP is made of. */
export interface GraphQLOverHttp {
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
  /** Answers a subscription as server-sent events; what it throws is answered as any other error. */
  sse(request: SseRequest): Promise<Response>;
}

/** A subscription to be answered as server-sent events. */
export interface SseRequest extends ExecutionArgs {
  readonly contextValue: Context;
  /** `extensions.after` of the request as it was sent; undefined: not given. */
  readonly after: unknown;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /** What the events are written to in the end. */
  readonly response: ServerResponse;
}

/** One request on its way. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The media type of the answer; undefined: the client takes none of ours. */
  readonly resultType: ResultType | undefined;
  scene: ErrorScene;
  /** What `sse` answered. */
  stream?: Response;
  /** Where the caller's limit of operations stands. Absent: limits are off, or it was refused before. */
  limit?: LimitState | undefined;
}

/** What every request to Yoga is accompanied by. */
export type ServerContext = { exchange: Exchange };

/** Yoga, answering GraphQL over HTTP: requests and results as the specification has them, errors by our one mapping. */
export function createGraphQLHandler(
  parts: GraphQLOverHttp & { readonly log: Log },
): YogaServerInstance<ServerContext, object> {
  const { config } = parts.services;

  const plugin: Plugin<object, ServerContext> = {
    // Yoga's own parsers take forms and plain texts, which a page of another site can post (CSRF).
    onRequestParse({ setRequestParser, serverContext }) {
      setRequestParser(async () => ({
        ...(await readParams(serverContext.exchange.request, config.httpMaxBodyBytes)),
      }));
    },
    // Execution is graphql's own, as on the socket, behind the same documents: both transports answer alike.
    onParams({ setParamsHandler, params, request, context }) {
      setParamsHandler(() => run(parts, context.exchange, params as GraphQLParams, request.signal));
    },
    onResultProcess({ serverContext: { exchange }, setResultProcessor }) {
      setResultProcessor((result, { Response }) => {
        if (exchange.stream) {
          for (const [name, value] of Object.entries(limitHeaders(exchange, undefined)))
            exchange.stream.headers.set(name, value);
          return exchange.stream;
        }
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
    schema: parts.documents.schema,
    graphqlEndpoint: config.graphqlPath,
    plugins: [plugin],
    cors: (request) => corsFor(request.headers.get('origin'), config.allowedOrigins),
    logging: yogaLog(parts.log),
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

async function run(
  { services, documents, authenticate, sse }: GraphQLOverHttp,
  exchange: Exchange,
  params: GraphQLParams,
  signal: AbortSignal,
): Promise<ExecutionResult> {
  const { request, scene } = exchange;
  const { operationName, variables: variableValues, extensions } = params;
  exchange.scene = { ...scene, operationName };
  const ip = addressOf(request, services.config.trustedProxyHops);
  const caller = await identified(services, ip, () =>
    authenticate(request, {
      id: newId(),
      transport: 'http',
      connectedAt: services.clock.now(),
      tokenExpiresAt: undefined,
      ip,
      userAgent: request.headers['user-agent']?.slice(0, 500),
    }),
  );
  // Before the document is looked at, which may cost more than executing it.
  exchange.limit = caller
    ? await services.limits.take('operations.person', caller.userId)
    : await services.limits.take('operations.address', networkOf(ip));
  const { document, errors } = documents.get(params.query, params.variables);
  exchange.scene = { ...scene, document, operationName };
  if (!document) return { errors };
  const kind = operationOf(document, operationName)?.operation;
  requireMethodAndType(exchange, kind);
  const streaming = kind === OperationTypeNode.SUBSCRIPTION;
  const viewer: Viewer | undefined = caller && {
    ...caller,
    session: { ...caller.session, transport: streaming ? 'sse' : 'http' },
  };
  const trace = services.tracing.parent(request.headers.traceparent ?? extensions?.traceparent);
  const contextValue = requestContext(services, { viewer, correlationId: scene.correlationId, trace });
  const { schema, hideSuggestions } = documents;
  const args = { schema, document, variableValues, operationName, contextValue, hideSuggestions };
  if (streaming) {
    exchange.stream = await sse({ ...args, after: extensions?.after, signal, response: exchange.response });
    return {};
  }
  const validated = validateExecutionArgs(args);
  return 'schema' in validated ? executeRootSelectionSet(validated) : { errors: validated };
}

/** Counts bad tokens by address, and refuses one with too many before the next is looked at. */
async function identified<T>({ limits }: Services, ip: string | undefined, check: () => Promise<T>): Promise<T> {
  const network = networkOf(ip);
  limits.requireUnblocked('connects.address', network);
  try {
    return await check();
  } catch (error) {
    // Who has an expired token had a good one: a whole office may wake up with them.
    const isAttempt =
      error instanceof AppError && error.code === 'UNAUTHORIZED' && error.message !== tokenSentences.expired;
    if (isAttempt) await limits.take('connects.address', network);
    throw error;
  }
}

/** `RateLimit-Limit`, `-Remaining`, `-Reset` (draft-ietf-httpapi-ratelimit-headers-06), and `Retry-After` for a refusal. */
function limitHeaders({ limit, scene }: Exchange, result: ExecutionResult | undefined): Record<string, string> {
  const refused = result?.errors?.find(({ extensions }) => extensions.code === 'RATE_LIMITED')?.extensions as
    | { retryAfterMs?: number; limit?: AppErrorDetails['limit'] }
    | undefined;
  const { limit: most, remaining, resetAt } = refused?.limit ?? limit ?? {};
  if (most === undefined) return {};
  const resetMs = resetAt ? new Date(resetAt).getTime() - scene.clock.now().getTime() : 0;
  return {
    'ratelimit-limit': String(most),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.max(0, Math.ceil(resetMs / 1000))),
    ...(refused?.retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(refused.retryAfterMs / 1000)) }),
  };
}

/** @throws RequestRefused, before anything is executed whose answer could not be sent. */
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
  throw new RequestRefused(406, 'VALIDATION_ERROR', 'Accept application/graphql-response+json or application/json.');
}

function rendered(result: ExecutionResult, exchange: Exchange) {
  const refusal = result.errors
    ?.map(({ originalError }) => originalError)
    .find((error) => error instanceof RequestRefused);
  const formatted = formatResult(result, exchange.scene);
  const type = exchange.resultType ?? 'application/json';
  return {
    status: statusOf(formatted, type, refusal),
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'cache-control': 'no-store',
      ...limitHeaders(exchange, formatted),
      ...refusal?.headers,
    },
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

function corsFor(origin: string | null, allowed: readonly string[]) {
  // The headers of an origin that is not allowed are left out, and its browser keeps the answer from the page.
  if (origin === null || !isAllowedOrigin(allowed, origin)) return false;
  return {
    origin: [origin],
    credentials: true,
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'accept', 'x-correlation-id'],
    exposedHeaders: ['x-correlation-id', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'],
    // Chromium keeps it no longer than two hours.
    maxAge: 7200,
  };
}

function yogaLog(log: Log): YogaLogger {
  const at =
    (level: 'info' | 'warn' | 'error') =>
    (...parts: unknown[]) =>
      log[level]({ parts }, 'yoga');
  return { debug: () => {}, info: at('info'), warn: at('warn'), error: at('error') };
}
