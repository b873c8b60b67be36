// npm run token -- <person>: prints a token for a person by their externalId (ada, grace … in the seeded workspace),
// signed with JWT_SECRET or, in development, with the key under DATA_DIR. Works while the server runs: the database
// is not asked, so a token for somebody unknown is printed too, and refused by the server. With --service it is one
// for another back end: it publishes events and does nothing else (docs/external-events.md).
import { parseArgs } from 'node:util';
import { signToken } from '../src/domains/identity/keys.ts';
import { publishScope } from '../src/graphql/permissions.ts';
import { systemClock } from '../src/platform/clock.ts';
import { environment, loadConfig } from '../src/platform/config.ts';
import { StartupError } from '../src/platform/errors.ts';

const usage = `Usage: npm run --silent token -- <person> [--workspace <slug>] [--ttl 60s|15m|24h|7d] [--service]
  <person>     the person's externalId
  --workspace  needed where there are several workspaces
  --ttl        how long the token is good; otherwise 24h
  --service    a service token (scope events:publish), for a person of the workspace role BOT`;

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        workspace: { type: 'string' },
        ttl: { type: 'string', default: '24h' },
        service: { type: 'boolean', default: false },
      },
    });
    const [person, ...rest] = positionals;
    const [, amount, unit = ''] = /^([1-9]\d{0,8})([smhd])$/.exec(values.ttl) ?? [];
    if (!person || rest.length > 0 || !amount) return undefined;
    return {
      person,
      workspace: values.workspace,
      ttlMs: Number(amount) * (unitsMs[unit] ?? 0),
      claims: values.service ? { scope: publishScope } : {},
    };
  } catch {
    // An unknown option: the usage says which there are.
    return undefined;
  }
}

const asked = readArguments();
if (!asked) {
  console.error(usage);
  process.exit(1);
}

try {
  console.log(await signToken(loadConfig(environment()), { ...asked, now: systemClock.now() }));
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
