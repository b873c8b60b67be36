// npm run client-package [-- <directory>]: builds src/client and packs it as belfry-client-<version>.tgz.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packClient } from './tooling/clientPackage.ts';

const [destination = '.'] = process.argv.slice(2);
const directory = await mkdtemp(join(tmpdir(), 'belfry-client-'));
try {
  console.log(await packClient(directory, resolve(destination)));
} finally {
  await rm(directory, { recursive: true });
}
