import type { ProbeAnswer } from './probes.ts';

/** A request for a page outside the API. */
export interface PageRequest {
  readonly method: 'GET' | 'POST';
  /** Without the query. */
  readonly path: string;
  /** It comes from this machine, and from no page of another site. */
  readonly ours: boolean;
  /** What was posted, as text. Rejects when it is too long. */
  body(): Promise<string>;
}

/** Answers pages outside the API; undefined: there is none at this address. */
export type Pages = (request: PageRequest) => Promise<ProbeAnswer | undefined>;

/** Asks one after the other. */
export function firstOf(...several: readonly (Pages | undefined)[]): Pages {
  return async (request) => {
    for (const pages of several) {
      const page = await pages?.(request);
      if (page) return page;
    }
    return undefined;
  };
}
