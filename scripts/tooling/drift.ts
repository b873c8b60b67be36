// What prisma/migrations make, compared with what schema.prisma says. Development only: Prisma's schema engine as
// WebAssembly and an embedded database in memory, so neither a native program nor a server is needed.
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { root } from './root.ts';

/** Where migrations are, one directory each. */
export const migrationsDirectory = join(root, 'prisma/migrations');

const schemaFile = join(root, 'prisma/schema.prisma');

/**
 * The SQL that would still be needed after the migrations to reach schema.prisma; empty when they agree.
 * Partial indexes, triggers and functions are not compared: Prisma's schema language has no words for them.
 */
export async function drift(): Promise<string> {
  const database = await PGlite.create();
  try {
    for (const name of await migrationNames()) {
      await database.exec(await readFile(join(migrationsDirectory, name, 'migration.sql'), 'utf8'));
    }
    await dropPartialIndexes(database);
    const content = await readFile(schemaFile, 'utf8');
    // Not the adapter of the server, which cannot read the catalogue's columns of type "char"; this one only reads here.
    const engine = await startEngine(content, new PrismaPGlite(database));
    const files = [{ path: schemaFile, content }];
    const { stdout } = await engine.diff({
      // The datasource is the adapter's: the engine reads the migrated database as it is and makes no shadow of it.
      from: { tag: 'schemaDatasource', files, configDir: root },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return /^-- This is an empty migration/.test(stdout ?? '') ? '' : (stdout ?? '').trim();
  } finally {
    await database.close();
  }
}

/** The check: no line when migrations and schema agree. */
export async function driftCheck(): Promise<string[]> {
  const sql = await drift();
  return sql ? [`run \`npm run migration -- <name>\`; missing:\n${sql}`] : [];
}

async function migrationNames(): Promise<string[]> {
  const entries = await readdir(migrationsDirectory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function dropPartialIndexes(database: PGlite): Promise<void> {
  const { rows } = await database.query<{ name: string }>(
    'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indpred IS NOT NULL OR indexprs IS NOT NULL',
  );
  for (const { name } of rows.filter((row) => !row.name.startsWith('pg_'))) await database.exec(`DROP INDEX ${name}`);
}

async function startEngine(schema: string, adapter: PrismaPGlite): Promise<SchemaEngine> {
  // The package's own entry imports the .wasm file, for which Node wants a flag: instantiated by hand instead.
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const directory = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const { instance } = await WebAssembly.instantiate(await readFile(join(directory, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': { ...bindings } as WebAssembly.ModuleImports,
  });
  const { __wbindgen_start: start } = instance.exports;
  if (typeof start !== 'function') throw new Error('@prisma/schema-engine-wasm is not what it was in 7.10.0.');
  (bindings as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void }).__wbg_set_wasm(instance.exports);
  start();
  const connection = bindMigrationAwareSqlAdapterFactory(adapter);
  return bindings.SchemaEngine.new({ datamodels: [[schemaFile, schema]] }, () => undefined, connection);
}
