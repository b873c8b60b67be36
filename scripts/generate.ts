// npm run generate: rewrites the files that are printed from code, and names those that changed.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generators, staleFiles } from './tooling/generators.ts';
import { root } from './tooling/root.ts';

for (const generate of Object.values(generators)) {
  for (const { path, content } of await staleFiles(await generate())) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
    console.log(path);
  }
}
