// Everything that is printed from code. `npm run generate` writes it, `npm run check` compares it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate as runCodegen } from '@graphql-codegen/cli';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import codegen from '../../codegen.ts';
import { attentionFiles } from './attentionPage.ts';
import { clientCaches } from './clientCaches.ts';
import { migrationPage } from './migration/page.ts';
import { clientErrors, configurationPage, errorsPage, eventsPage, metricsPage, offersPage } from './pages.ts';
import { root } from './root.ts';

/** A file that is printed from code: path from the root of the repository, and its whole text. */
export interface GeneratedFile {
  path: string;
  content: string;
}

/** The generators by name. Each returns what its files should contain and writes nothing. */
export const generators: Record<string, () => Promise<GeneratedFile[]>> = {
  schema: async () => [{ path: 'schema.graphql', content: await printedSchema() }],
  events: async () => [{ path: 'docs/events.md', content: await eventsPage() }],
  errors: async () => [{ path: 'docs/errors.md', content: await errorsPage() }],
  configuration: async () => [{ path: 'docs/configuration.md', content: await configurationPage() }],
  metrics: async () => [{ path: 'docs/metrics.md', content: await metricsPage() }],
  offers: async () => [{ path: 'docs/offers.md', content: await offersPage() }],
  attention: attentionFiles,
  migration: async () => [{ path: 'docs/migration.md', content: await migrationPage() }],
  'client types': clientTypes,
  'client caches': async () => [{ path: 'src/client/generated/cache.ts', content: clientCaches(await serverSchema()) }],
  'client errors': async () => [{ path: 'src/client/generated/errors.ts', content: clientErrors() }],
};

/** The server's schema, as src/graphql/schema.ts builds it. */
export async function serverSchema(): Promise<GraphQLSchema> {
  const { schema } = await import('../../src/graphql/schema.ts');
  return schema;
}

async function printedSchema(): Promise<string> {
  // Sorted: the order of declarations says nothing, and a moved line would look like a change of the contract.
  return `${printSchema(lexicographicSortSchema(await serverSchema()))}\n`;
}

/** Runs graphql-codegen on the schema as it is now, not on the file, which may be about to change too. */
async function clientTypes(): Promise<GeneratedFile[]> {
  const schema = await printedSchema();
  const outputs: { filename: string; content: string }[] = await runCodegen(
    { ...codegen, schema, cwd: root, silent: true },
    false,
  );
  return outputs.map(({ filename, content }) => ({ path: filename, content }));
}

/** The generated files that differ from what is on disk. */
export async function staleFiles(files: GeneratedFile[]): Promise<GeneratedFile[]> {
  const onDisk = await Promise.all(files.map(({ path }) => readFile(join(root, path), 'utf8').catch(() => undefined)));
  return files.filter(({ content }, index) => content !== onDisk[index]);
}
