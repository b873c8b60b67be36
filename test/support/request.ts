import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';

/** Plain text, or a document that codegen has typed. */
export type Document = string | Typed<unknown, never>;
type Typed<Result, Variables> = DocumentTypeDecoration<Result, Variables> & { toString(): string };

/** Where a document is plain text nobody knows what comes back: whatever JSON.parse says. */
type Untyped = ReturnType<typeof JSON.parse>;

/** What a document answers. */
export type Data<D extends Document> = D extends string
  ? Untyped
  : D extends Typed<infer Result, never>
    ? Result
    : never;

/** What a document is asked with. */
export type Variables<D extends Document> = D extends string
  ? Record<string, unknown>
  : D extends DocumentTypeDecoration<unknown, infer V>
    ? V
    : never;

/** An error as a client sees it. */
export interface ClientError {
  message: string;
  path?: (string | number)[];
  locations?: { line: number; column: number }[];
  extensions?: Record<string, unknown> & { code?: string };
}

/** An execution result over HTTP. */
export interface Answer<Data> {
  /** Null when the request failed as a whole. */
  data: Data | null;
  /** Absent: none. */
  errors?: ClientError[];
  extensions?: Record<string, unknown>;
  /** HTTP status. */
  status: number;
}

/** Posts a document and reads the answer. Throws when what comes back is not a JSON object. */
export async function request<D extends Document>(
  url: string,
  document: D,
  options: { variables?: Variables<D> | undefined; headers?: Record<string, string> | undefined } = {},
): Promise<Answer<Data<D>>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...options.headers,
    },
    body: JSON.stringify({ query: String(document), variables: options.variables }),
  });
  const text = await response.text();
  try {
    return { data: null, ...JSON.parse(text), status: response.status };
  } catch (cause) {
    throw new Error(`${url} answered ${response.status} with ${text.slice(0, 500)}`, { cause });
  }
}
