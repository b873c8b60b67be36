import { BelfryError, type GraphQLErrorLike } from './errors.ts';
import type { TokenSource } from './token.ts';

/** An operation as it travels. */
export interface Operation {
  readonly query: string;
  readonly variables?: Record<string, unknown> | undefined;
  readonly operationName?: string | undefined;
}

/** The answer to a query or mutation. */
export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLErrorLike[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/**
 * Sends a query or mutation over HTTP. A token the server does not take is asked for anew, once.
 * @throws BelfryError CONNECTION_ERROR when there is no answer, UNAUTHORIZED when nobody is signed in; what `signal`
 * was aborted with.
 */
export async function sendOperation(
  { url, token, fetch }: { url: string; token: TokenSource; fetch: typeof globalThis.fetch },
  { query, variables, operationName }: Operation,
  signal?: AbortSignal,
): Promise<Answer> {
  const send = async (renew: boolean): Promise<Response> => {
    const bearer = await token({ renew });
    if (bearer === null) throw new BelfryError('UNAUTHORIZED', 'Nobody is signed in.');
    return fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: JSON.stringify({ query, variables, operationName }),
      ...(signal && { signal }),
    });
  };
  let status: number | undefined;
  try {
    let response = await send(false);
    if (response.status === 401) response = await send(true);
    status = response.status;
    return (await response.json()) as Answer;
  } catch (error) {
    if (error instanceof BelfryError || signal?.aborted) throw error;
    const message =
      status === undefined ? 'The server cannot be reached.' : `The server answered with status ${status}.`;
    throw new BelfryError('CONNECTION_ERROR', message, { cause: error });
  }
}
