import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const page = new URL('../../docs/protocol.md', import.meta.url);

test('every promise of docs/protocol.md is numbered and names tests that exist', async () => {
  const [, promises = ''] = (await readFile(page, 'utf8')).split('## Promises');
  const rows = promises.split('\n').filter((line) => /^\| \d+ \|/.test(line));
  expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(rows.map((_, index) => index + 1));
  for (const row of rows) {
    const named = [...row.matchAll(/\]\((?<path>[^)]+)\) “(?<name>[^”]+)”/g)];
    expect(named.length, row).toBeGreaterThan(0);
    for (const { groups: { path = '', name = '' } = {} } of named) {
      const text = await readFile(new URL(path, page), 'utf8');
      expect(text.replaceAll("\\'", "'").includes(name), `${path} has no test “${name}”`).toBe(true);
    }
  }
});
