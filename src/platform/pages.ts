import type { ProbeAnswer } from './probes.ts';

/** A request for a page outside the API. */
export interface PageRequest {
  readonly method: 'GET' | 'POST';
  /** Without the query. */
  readonly path: string;
  /** What was posted, as text. Rejects when it is too long. */
  body(): Promise<string>;
}

/** Answers pages outside the API; undefined: there is none at this address. */
export type Pages = (request: PageRequest) => Promise<ProbeAnswer | undefined>;
