import { z } from 'zod';
import { signToken } from './domains/identity/keys.ts';
import type { Services } from './graphql/context.ts';
import type { ShiftableClock } from './platform/clock.ts';
import type { Pages } from './platform/pages.ts';
import type { ProbeAnswer } from './platform/probes.ts';
import { slug, tokenTtlMs } from './seed.ts';

const shiftSchema = z.object({
  minutes: z
    .number()
    .min(1)
    .max(7 * 24 * 60),
});
/** A negative time makes a token that has expired already. */
const tokenSchema = z.object({
  person: z.string(),
  ttlMs: z.number().min(-tokenTtlMs).max(tokenTtlMs).default(tokenTtlMs),
});

/**
 * What the console does beside the API, in development and from this machine only: `POST /dev/clock { minutes }` moves
 * on the time people live in, by which tokens never expire; `POST /dev/token { person, ttlMs? }` signs a token for somebody
 * of the seeded world.
 */
export function developmentPages(services: Services, clock: ShiftableClock): Pages {
  const handlers: Readonly<Record<string, (body: unknown) => Promise<object> | object>> = {
    '/dev/clock': (body) => {
      clock.shift(shiftSchema.parse(body).minutes * 60_000);
      return { now: clock.now() };
    },
    '/dev/token': async (body) => {
      const { person, ttlMs } = tokenSchema.parse(body);
      return { token: await signToken(services.config, { person, workspace: slug, now: new Date(), ttlMs }) };
    },
  };
  return async ({ method, path, ours, body }) => {
    const handle = handlers[path];
    if (!handle || method !== 'POST' || !ours) return undefined;
    try {
      return json(200, await handle(JSON.parse(await body())));
    } catch (error) {
      if (error instanceof z.ZodError || error instanceof SyntaxError) return json(400, { message: error.message });
      throw error;
    }
  };
}

function json(status: number, body: object): ProbeAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
