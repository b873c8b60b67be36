import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { arrivals, waitLimitMs } from '../support/waiting.ts';
import type { Person } from '../support/world.ts';

const program = fileURLToPath(new URL('../../scripts/client.ts', import.meta.url));

/** The small client, as a person runs it. */
async function startClient(app: TestApp, person: Person, options: string[] = []) {
  const token = await app.token(person);
  const url = `${app.url}${app.config.graphqlPath}`;
  const child = spawn(process.execPath, [program, '--token', token, '--url', url, ...options]);
  const lines = arrivals<string>((line) => line);
  for (const output of [child.stdout, child.stderr]) createInterface(output).on('line', lines.add);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  void exited.then(([code]) => lines.end(`the client ended with ${code}`));
  return {
    type: (line: string) => child.stdin.write(`${line}\n`),
    line: (pattern: RegExp) => lines.take(String(pattern), (line) => pattern.test(line)),
    exitCode: async () => (await exited)[0],
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

test('the small client prints events with their cursors, and goes on from its cursor after a lost connection', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  await using client = await startClient(app, owner, ['--project', project.id]);
  client.type('subscribe taskUpdated');
  await client.line(/Connected: /);
  client.type('subscribe events');
  await client.line(/events Checkpoint/);
  client.type('create Water the plants');
  expect(await client.line(/taskUpdated TaskCreated/)).toMatch(/ [\w-]{38} \{.*"title":"Water the plants"/);
  await client.line(/events TaskCreated [\w-]{38} /);

  client.type('offline');
  await client.line(/Connection lost/);
  const missed = await app.world.task({ project, by: owner, title: 'While away' });
  client.type('resume');
  await client.line(/Connected again/);
  await client.line(new RegExp(`taskUpdated TaskCreated .*${missed.id}`));
  await client.line(/events TaskCreated/);

  client.type('ping');
  await client.line(/^(> )?\d+\.\d ms$/);
  client.type('stop events');
  client.type(`update ${missed.id} status=DONE title=Came back`);
  expect(await client.line(/taskUpdated TaskUpdated/)).toMatch(/"title":"Came back","status":"DONE"/);
  client.type(`comment ${missed.id} Well done`);
  await client.line(/taskUpdated TaskCommented/);
  client.type('quit');
  expect(await client.exitCode()).toBe(0);
});

test('the small client runs one command for scripts, and says with its exit code whether it worked', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  await using creating = await startClient(app, owner, ['--project', project.id, '--once', 'create Sweep the floor']);
  await creating.line(/"title": "Sweep the floor"/);
  expect(await creating.exitCode()).toBe(0);

  await using failing = await startClient(app, owner, ['--once', 'update nothing title=New']);
  await failing.line(/No such task/);
  expect(await failing.exitCode()).toBe(1);

  await using taking = await startClient(app, owner, [
    '--project',
    project.id,
    '--once',
    'subscribe taskUpdated',
    '--take',
    '2',
  ]);
  await taking.line(/Connected/);
  await expect.poll(() => app.hub.sizes.members, { timeout: waitLimitMs }).toBe(1);
  await app.world.task({ project, by: owner });
  await app.world.task({ project, by: owner });
  await taking.line(/TaskCreated/);
  await taking.line(/TaskCreated/);
  expect(await taking.exitCode()).toBe(0);

  await using refused = await startClient(app, { ...owner, externalId: 'nobody' }, ['--once', 'ping']);
  await refused.line(/Invalid authentication token/);
  expect(await refused.exitCode()).toBe(1);
  await using listening = await startClient(app, { ...owner, externalId: 'nobody' }, ['--once', 'subscribe inbox']);
  await listening.line(/4401 Invalid authentication token/);
  expect(await listening.exitCode()).toBe(1);
});
