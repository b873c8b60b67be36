// npm run bench -- <question> [--subscribers 1000,5000] [--rounds 12] [--seconds 30] [--servers raw,belfry,yoga]
// How to read the answers: bench/README.md.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bursts } from './questions/bursts.ts';
import { churn } from './questions/churn.ts';
import { commands } from './questions/commands.ts';
import { conversation } from './questions/conversation.ts';
import { createTask } from './questions/createTask.ts';
import { drops } from './questions/drops.ts';
import { fanOut } from './questions/fanOut.ts';
import { groups } from './questions/groups.ts';
import { latency } from './questions/latency.ts';
import { memory } from './questions/memory.ts';
import type { Options, Question } from './questions/question.ts';
import { reconnect } from './questions/reconnect.ts';
import { release } from './questions/release.ts';
import { restart } from './questions/restart.ts';
import { slow } from './questions/slow.ts';
import { topics } from './questions/topics.ts';
import { print, save } from './support/report.ts';

const questions: Readonly<Record<string, Question>> = {
  'fan-out': { asks: 'what a delivery costs on one topic of 100 to 10,000 subscribers', run: fanOut },
  groups: { asks: 'the same when subscribers ask for 1, 10, 100 or as many different things as they are', run: groups },
  bursts: { asks: 'eight events in one turn of the loop', run: bursts },
  topics: { asks: '5,000 topics with one subscriber each', run: topics },
  commands: { asks: 'commands on a topic while it is delivered to 5,000 sockets of the same server', run: commands },
  reconnect: { asks: '5,000 clients that come back at once with tokens and cursors', run: reconnect },
  memory: { asks: 'what an idle subscribed connection holds', run: memory },
  latency: { asks: 'from a mutation to a subscriber on another server, at 200 commands per second', run: latency },
  'create-task': { asks: 'createTask against Yoga and Prisma without a log', run: createTask },
  conversation: { asks: 'messages to 1,000 people: the command, their notifications, the receipts', run: conversation },
  release: { asks: '10,000 held alerts released at once, and what is live meanwhile', run: release },
  drops: { asks: '5,000 clients cut about every 15 s, two servers, one of them killed', run: drops },
  restart: { asks: 'a rolling restart of two servers under 5,000 subscribed clients', run: restart },
  churn: { asks: '2,000 clients that subscribe and leave at random, and what stays of them', run: churn },
  slow: { asks: 'ten clients of a busy topic while an eleventh reads 1 KB/s', run: slow },
};

const usage = `Usage: npm run bench -- <question> [options]

${Object.entries(questions)
  .map(([name, { asks }]) => `  ${name.padEnd(12)} ${asks}`)
  .join('\n')}
  all          every question, one after the other

  --subscribers <n,…>  how many          --rounds <n>     turns of each server
  --seconds <n>        how long          --servers <a,…>  only these, the first is what others are compared with
  --no-save            nothing is written to bench/results`;

function readArguments(): { names: string[]; options: Options; saves: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      allowNegative: true,
      options: {
        subscribers: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        servers: { type: 'string' },
        save: { type: 'boolean', default: true },
      },
    });
    const [name = ''] = positionals;
    const names = name === 'all' ? Object.keys(questions) : [name];
    if (!names.every((each) => questions[each])) return undefined;
    const { subscribers, rounds, seconds, servers } = values;
    const options: Options = {
      ...(subscribers && { subscribers: subscribers.split(',').map(whole) }),
      ...(rounds && { rounds: whole(rounds) }),
      ...(seconds && { seconds: whole(seconds) }),
      ...(servers && { servers: servers.split(',') }),
    };
    return { names, options, saves: values.save };
  } catch {
    // An unknown option or no number: the usage says which there are.
    return undefined;
  }
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new RangeError(`not a whole number: ${text}`);
  return Number(text);
}

/** The peers have packages of their own: Mercurius and Apollo Server want graphql 16. */
function installPeers(): void {
  if (existsSync(new URL('node_modules/.package-lock.json', import.meta.url))) return;
  console.error('installing the packages of the servers that Belfry is compared with …');
  const directory = fileURLToPath(new URL('.', import.meta.url));
  const { status } = spawnSync('npm', ['ci', '--prefix', directory], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('npm ci --prefix bench has failed');
}

async function main(): Promise<void> {
  const asked = readArguments();
  if (!asked) {
    console.error(usage);
    process.exitCode = 1;
    return;
  }
  installPeers();
  for (const name of asked.names) {
    const startedAt = new Date();
    const finding = await (questions[name] as Question).run(asked.options);
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    print(finding);
    if (asked.saves) {
      const options = Object.fromEntries(Object.entries(asked.options).map(([key, value]) => [key, String(value)]));
      console.log(`\nwritten: ${await save(finding, options, startedAt)}`);
    }
  }
}

await main();
