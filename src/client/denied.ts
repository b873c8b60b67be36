import type { GraphQLErrorLike } from './errors.ts';

interface Parts {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLErrorLike[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A field of an object that may not be read is null and stays so: its error goes to `extensions.denied`. Where it is the
 * object asked for that may not be read, the error stays one.
 *
 * For graphcache a field with an error was never fetched: a query with one would be incomplete for ever, and events that
 * change the rest of it would not reach the screen. Apollo Client does not take an event with an error at all.
 */
export function deniedAside<P extends Parts>({ data, errors = [], extensions, ...rest }: P) {
  const denied = errors.filter((error) => isDenied(data, error));
  const left = errors.filter((error) => !denied.includes(error));
  return {
    ...rest,
    data,
    ...(left.length > 0 && { errors: left }),
    extensions: denied.length > 0 ? { ...extensions, denied } : extensions,
  };
}

/** What was asked for is there: a field that is never null takes with it what it stands in. */
function isDenied(data: unknown, { path: [root, ...below] = [], extensions }: GraphQLErrorLike): boolean {
  const asked: unknown = root === undefined ? null : (data as Record<string, unknown> | null | undefined)?.[root];
  return asked !== null && asked !== undefined && below.length > 0 && extensions?.code === 'FORBIDDEN';
}
