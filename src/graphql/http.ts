import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Pages } from '../platform/pages.ts';
import type { ProbeAnswer, Probes } from '../platform/probes.ts';
import type { StaticFile } from '../platform/staticFile.ts';
import { type ErrorScene, RequestRefused, toGraphQLError } from './errors.ts';
import { acceptsPage, correlationIdOf, readText, resultTypeFor } from './httpRequest.ts';
import { createGraphQLHandler, type GraphQLOverHttp } from './yoga.ts';

/** The explorer: its page, and what the page loads, by path. */
export interface ExplorerFiles {
  readonly page: StaticFile;
  /** The page for who opens it on this machine, as localhost. Absent: the same. */
  readonly localPage?: StaticFile;
  readonly assets: ReadonlyMap<string, StaticFile>;
}

/** The console: its page at `/`, and what the page loads. */
export interface ConsoleFiles {
  /** `local`: asked by who sits at this machine. `status`: the console cannot be had, and the page says so; absent: 200. */
  page(local: boolean): Promise<StaticFile & { status?: 503 }>;
  /** undefined: there is none at this path. */
  asset(path: string): Promise<StaticFile | undefined>;
}

/** What the HTTP side is made of. */
export interface HttpParts extends GraphQLOverHttp {
  /** Absent: no explorer is served. */
  readonly explorer?: ExplorerFiles | undefined;
  /** Absent: no console is served. */
  readonly console?: ConsoleFiles | undefined;
  readonly probes: Probes;
  /** Pages of the domains. */
  readonly pages: Pages;
  /** While it is true, connections are closed after their answer, so that clients go to another server. */
  readonly isDraining: () => boolean;
}

/** What may be posted to a page: a form of a few words. */
const maxPostedBytes = 4_096;

/** Where the customer's documents look for a page to test sockets with. */
const testPage = '/app/test/websocket';

// OPTIONS asks for leave (CORS).
const methods = new Set<string | undefined>(['GET', 'POST', 'OPTIONS']);

/** The handler of a node:http server: the API, the explorer and the probes. */
export function createHttpHandler(parts: HttpParts): (request: IncomingMessage, response: ServerResponse) => void {
  const { services, explorer, console, probes, pages, isDraining } = parts;
  const { config, clock } = services;
  const log = services.log.child({ ns: 'http' });
  const yoga = createGraphQLHandler({ ...parts, log });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const scene = { correlationId: correlationIdOf(request.headers['x-correlation-id']), clock, log };
    response.setHeader('x-correlation-id', scene.correlationId);
    response.setHeader('x-content-type-options', 'nosniff');
    if (isDraining()) response.setHeader('connection', 'close');
    const reading = request.method === 'GET' || request.method === 'HEAD';
    const path = pathOf(request);
    if (path === undefined) return refuse(response, 400, 'The address is not valid.', scene);
    const isApi = path === config.graphqlPath || path === `${config.graphqlPath}/`;
    if (reading && console) {
      if (path === '/') return sendFile(request, response, await console.page(isLocal(request)));
      const asset = await console.asset(path);
      if (asset) return sendFile(request, response, asset);
      if (path === testPage) return void response.writeHead(302, { location: '/' }).end();
    }
    if (reading && explorer && (isApi || path === '/') && acceptsPage(request.headers.accept)) {
      const { page, localPage = page } = explorer;
      return sendFile(request, response, isLocal(request) ? localPage : page);
    }
    if (isApi) {
      if (!methods.has(request.method)) return refuse(response, 405, 'Use POST, or GET for queries.', scene);
      const exchange = { request, response, resultType: resultTypeFor(request.headers.accept), scene };
      return yoga(request, response, { exchange });
    }
    if (reading) {
      const asset = explorer?.assets.get(path);
      if (asset) return sendFile(request, response, asset);
      const probe = await probes(path, request.headers.authorization);
      if (probe) return send(response, probe);
    }
    if (request.method === 'GET' || request.method === 'POST') {
      const { method } = request;
      try {
        const ours = isLocal(request) && isSameOrigin(request);
        const page = await pages({ method, path, ours, body: () => readText(request, maxPostedBytes) });
        if (page) return send(response, page);
      } catch (error) {
        if (!(error instanceof RequestRefused)) throw error;
        return send(response, {
          status: error.httpStatus,
          contentType: 'text/plain; charset=utf-8',
          body: error.message,
        });
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

/** The path asked for; undefined when the address or the `Host` cannot be part of one. */
function pathOf({ url = '', headers }: IncomingMessage): string | undefined {
  // Yoga makes an address of both and answers with a stack trace where that fails.
  const address = URL.parse(url, `http://${headers.host ?? 'localhost'}`);
  return address && url.startsWith('/') && !url.startsWith('//') ? address.pathname : undefined;
}

/** From this machine, by address and by name: the name alone can be forged, the address is that of any proxy here. */
function isLocal({ headers: { host = '' }, socket }: IncomingMessage): boolean {
  const { remoteAddress = '' } = socket;
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host) && /^(::ffff:)?127\.|^::1$/.test(remoteAddress);
}

/** No page of another site has asked for it: browsers say so, other programs do not. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  return ['same-origin', 'none', undefined].includes(headers['sec-fetch-site'] as string | undefined);
}

function refuse(response: ServerResponse, status: 400 | 404 | 405, message: string, scene: ErrorScene): void {
  const code = status === 404 ? 'NOT_FOUND' : 'VALIDATION_ERROR';
  if (status === 405) response.setHeader('allow', 'GET, POST');
  const errors = [toGraphQLError(new RequestRefused(status, code, message), scene)];
  send(response, { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify({ errors }) });
}

function send(response: ServerResponse, { status, contentType, body, headers }: ProbeAnswer): void {
  const text = Buffer.from(body);
  const common = { 'content-type': contentType, 'content-length': text.byteLength, 'cache-control': 'no-store' };
  response.writeHead(status, { ...common, ...headers });
  response.end(text);
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { headers, body, status = 200 }: StaticFile & { status?: number },
): void {
  if (status === 200 && headers.etag !== undefined && request.headers['if-none-match'] === headers.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(status, { ...headers, 'content-length': body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : body);
}
