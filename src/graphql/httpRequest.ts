import type { IncomingMessage } from 'node:http';
import { newId } from '../platform/ids.ts';
import { RequestRefused } from './errors.ts';

/** What a GraphQL request asks for (GraphQL over HTTP). */
export interface GraphQLParams {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** `extensions.after` resumes a subscription. */
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

const jsonTypes = new Set(['application/json', 'application/graphql-response+json', 'application/graphql+json']);

/**
 * Reads a GraphQL request: GET with parameters in the address, or POST with JSON.
 * @throws RequestRefused, with the HTTP status that says why.
 */
export async function readParams(request: IncomingMessage, maxBodyBytes: number): Promise<GraphQLParams> {
  if (request.method === 'GET') return paramsOf(ofAddress(request.url ?? ''));
  // Other types are what a page of another site may post without asking first (CSRF).
  const type = mediaTypeOf(request.headers['content-type']);
  if (!jsonTypes.has(type)) throw refused(415, 'Send the request as application/json.', { accept: 'application/json' });
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw refused(415, 'Send the request without compression.');
  return paramsOf(parseJson(await readBody(request, maxBodyBytes), 'The body is not valid JSON.'));
}

function ofAddress(url: string): Record<string, unknown> {
  const search = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
  const json = (name: string) => {
    const text = search.get(name);
    return text ? parseJson(text, `${name} is not valid JSON.`) : undefined;
  };
  return {
    query: search.get('query') || undefined,
    operationName: search.get('operationName') || undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  };
}

function paramsOf(body: unknown): GraphQLParams {
  if (Array.isArray(body)) throw refused(400, 'Several operations in one request are not supported.');
  if (!isRecord(body)) throw refused(400, 'The body must be a JSON object with a `query`.');
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== 'string' || query === '') throw refused(400, '`query` must be the text of a document.');
  if (operationName != null && typeof operationName !== 'string') throw refused(400, '`operationName` must be a text.');
  if (variables != null && !isRecord(variables)) throw refused(400, '`variables` must be an object.');
  if (extensions != null && !isRecord(extensions)) throw refused(400, '`extensions` must be an object.');
  return {
    query,
    // Some clients send an empty name for "the only one".
    operationName: operationName || undefined,
    variables: variables ?? undefined,
    extensions: extensions ?? undefined,
  };
}

/** The body as text, as long as it is within the limit. Rejects with RequestRefused. */
export async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  return (await readBody(request, maxBytes)).toString();
}

/** The body, as long as it is within the limit; the length is counted, whatever the headers say. */
function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else tooLarge();
  };
  const tooLarge = () => {
    chunks.length = 0;
    request.off('data', onData);
    // The rest is read and dropped, within the server's requestTimeout: a client that is still sending would
    // otherwise see the connection break instead of the answer.
    request.resume();
    reject(refused(413, `The body is larger than ${maxBytes} bytes.`));
  };
  request.on('data', onData);
  request.once('end', () => resolve(Buffer.concat(chunks)));
  request.once('error', () => reject(refused(400, 'The body ended too early.')));
  request.once('close', () => reject(refused(400, 'The body ended too early.')));
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) tooLarge();
  return promise;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(text: Buffer | string, otherwise: string): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : utf8.decode(text));
  } catch {
    throw refused(400, otherwise);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function refused(status: number, message: string, headers?: Record<string, string>): RequestRefused {
  return new RequestRefused(status, 'VALIDATION_ERROR', message, headers);
}

const streamType = 'text/event-stream';
/** The media types of a result, the preferred one first. */
const resultTypes = ['application/graphql-response+json', 'application/json'] as const;
export type ResultType = (typeof resultTypes)[number];

/**
 * The media type a result is answered in. Without `Accept`, or when it takes anything, it is
 * application/graphql-response+json, whose status tells failed requests apart (GraphQL over HTTP, section 6.4).
 * Undefined: the client takes neither.
 */
export function resultTypeFor(accept: string | undefined): ResultType | undefined {
  const weights = weightsOf(accept);
  const weightOf = (type: string) => weights.get(type) ?? weights.get('application/*') ?? weights.get('*/*') ?? 0;
  const [best] = resultTypes.filter((type) => weightOf(type) > 0).sort((a, b) => weightOf(b) - weightOf(a));
  return best;
}

/** Whether the client asks for a stream of server-sent events. */
export function acceptsStream(accept: string | undefined): boolean {
  return (weightsOf(accept).get(streamType) ?? 0) > 0;
}

/** Whether it is a browser that wants a page. */
export function acceptsPage(accept: string | undefined): boolean {
  return (weightsOf(accept).get('text/html') ?? 0) > 0;
}

function weightsOf(accept: string | undefined): Map<string, number> {
  const ranges = (accept?.trim() || '*/*').toLowerCase().split(',');
  return new Map(
    ranges.map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [type, weight === undefined ? 1 : Number(weight) || 0];
    }),
  );
}

/** The caller's correlation id (up to 128 visible ASCII characters), or a new one. */
export function correlationIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\x21-\x7e]{1,128}$/.test(header) ? header : newId();
}
