// npm run workspace -- create <slug> --admin <externalId>: the first workspace of an installation, with its ADMIN.
// With the embedded database the server must be stopped for it; PostgreSQL may be in use.
import { parseArgs } from 'node:util';
import { createWorkspace } from '../src/domains/identity/workspace.ts';
import { systemClock } from '../src/platform/clock.ts';
import { environment, loadConfig } from '../src/platform/config.ts';
import { openDatabase } from '../src/platform/database.ts';
import { AppError, StartupError } from '../src/platform/errors.ts';
import { createLog } from '../src/platform/log.ts';

const usage = `Usage: npm run workspace -- create <slug> --admin <externalId> [--name <name>] [--admin-name <name>]
  <slug>        short name, as tokens give it in the claim "workspace": lower-case letters, digits, hyphens
  --admin       id of the first ADMIN in the application that issues the tokens
  --name        name to show; otherwise the slug
  --admin-name  name of the ADMIN to show; otherwise their id`;

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { admin: { type: 'string' }, name: { type: 'string' }, 'admin-name': { type: 'string' } },
    });
    const [command, slug, ...rest] = positionals;
    if (command !== 'create' || !slug || rest.length > 0 || !values.admin) return undefined;
    return { slug, admin: values.admin, name: values.name, adminName: values['admin-name'] };
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
  const config = loadConfig(environment());
  await using database = await openDatabase(config, createLog({ logLevel: 'warn', debug: undefined }));
  await createWorkspace({ database, clock: systemClock }, asked);
  console.log(`Workspace ${asked.slug} is there. ${asked.admin} is its ADMIN and enters with a token of that id.`);
} catch (error) {
  if (!(error instanceof AppError || error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
