// npm run migration -- <name>: writes the migration that takes the database from the last one to schema.prisma.
// Read it before you commit it, and add by hand what Prisma has no words for: partial indexes, triggers, data.
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { drift, migrationsDirectory } from './tooling/drift.ts';
import { root } from './tooling/root.ts';

const [name] = process.argv.slice(2);
if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('Usage: npm run migration -- <name in lower case with underscores>');
  process.exit(1);
}

const sql = await drift();
if (!sql) {
  console.log('The migrations already make what prisma/schema.prisma says.');
} else {
  // Prisma's form: names sort by the time they were made.
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const file = join(migrationsDirectory, `${stamp}_${name}`, 'migration.sql');
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `${sql}\n`);
  console.log(relative(root, file));
}
