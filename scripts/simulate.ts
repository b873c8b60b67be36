// npm run simulate: a day of 400 events under each preset; rewrites its table and chart in docs/attention.md.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attentionFiles } from './tooling/attentionPage.ts';
import { root } from './tooling/root.ts';
import { simulate } from './tooling/simulation.ts';

console.table(simulate().map(({ byHour: _, ...day }) => day));
for (const { path, content } of await attentionFiles()) {
  await writeFile(join(root, path), content);
  console.log(path);
}
