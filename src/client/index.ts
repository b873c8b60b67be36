/** The client of Belfry, for browsers and Node. `docs/client.md` shows how it is used. */
export {
  type BelfryClient,
  type BelfryClientOptions,
  createBelfryClient,
  type GraphQLDocument,
  type Observer,
  type Subscribe,
} from './client.ts';
export type { Session } from './connection.ts';
export { BelfryError, type GraphQLErrorLike } from './errors.ts';
export type { ErrorCode } from './generated/errors.ts';
export type { Answer, Operation } from './request.ts';
export type { ConnectionState } from './state.ts';
export type { PlaceStorage } from './storage.ts';
export type { StreamItem, StreamOptions } from './stream.ts';
export type { TokenSource } from './token.ts';
