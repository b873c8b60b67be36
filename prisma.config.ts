import { defineConfig } from 'prisma/config';

// Prisma's native schema engine is downloaded from outside the registry; `generate` does not need it,
// and an install must not hang where that host is closed. Only for `generate`: `migrate` needs the real one.
if (process.argv[2] === 'generate') process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // `prisma migrate deploy` reads it; the server itself applies migrations at start (src/platform/migrate.ts).
  ...(process.env.DATABASE_URL ? { datasource: { url: process.env.DATABASE_URL } } : {}),
});
