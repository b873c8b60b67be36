// npm run check: everything that can be said about the sources without running the server, at once.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checks } from './tooling/checks.ts';
import { root } from './tooling/root.ts';

interface Outcome {
  name: string;
  problems: string;
  seconds: string;
}

/** The npm scripts that are part of the check, by what they prove. */
const programs = { types: 'types', lint: 'lint', boundaries: 'boundaries', 'dead code': 'dead-code' };

const started = performance.now();

async function timed(name: string, run: () => Promise<string>): Promise<Outcome> {
  const problems = await run().catch((error: unknown) =>
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  );
  return { name, problems, seconds: ((performance.now() - started) / 1000).toFixed(1) };
}

/** What the command printed when it failed; nothing when it succeeded. */
function runCommand(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(command, { shell: true, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0 ? '' : output || `${command} ended with ${code}`));
  });
}

const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const outcomes = await Promise.all([
  ...Object.entries(programs).map(([name, script]) =>
    timed(name, () => runCommand(scripts[script] ?? `npm run ${script}`)),
  ),
  ...Object.entries(checks).map(([name, check]) => timed(name, async () => (await check()).join('\n'))),
]);

for (const { name, problems, seconds } of outcomes) {
  console.log(`${problems ? '✗' : '✓'} ${name} (${seconds} s)`);
  if (problems) console.log(problems.trimEnd().replaceAll(/^/gm, '    '));
}
const failed = outcomes.filter(({ problems }) => problems).length;
console.log(failed ? `${failed} of ${outcomes.length} checks failed.` : `All ${outcomes.length} checks passed.`);
process.exit(failed ? 1 : 0);
