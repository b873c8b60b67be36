// npm run client -- --token <token>: the client package at a terminal. Commands are typed, every event is
// printed with its cursor, and after a lost connection every stream goes on from its last cursor.
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { commandsOf, helpText } from './client/commands.ts';
import { connect } from './client/connection.ts';

const usage = `Usage: npm run client -- --token <token> [--url http://localhost:3000/graphql] [--project <id>]
                             [--once '<command>' [--take <events>]]
  --token    of the person; npm run --silent token -- <person> prints one
  --url      address of the API
  --project  id or externalId of the project that commands are about; otherwise the first one
  --once     runs one command instead of asking for them, for scripts
  --take     with --once and a subscription: ends after so many events
Commands:
${helpText}`;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        token: { type: 'string' },
        url: { type: 'string', default: 'http://localhost:3000/graphql' },
        project: { type: 'string' },
        once: { type: 'string' },
        take: { type: 'string' },
      },
    });
    const { token, url, project, once, take = 'Infinity' } = values;
    if (!token || !URL.canParse(url) || !(Number(take) > 0)) return undefined;
    return { token, project, once, take: Number(take), url };
  } catch {
    // An unknown option: the usage says which there are.
    return undefined;
  }
}

const asked = readArguments();
if (!asked) {
  console.error(usage);
  process.exit(1);
}

const { once, take, project, token, url } = asked;
const print = (line: string): void => console.log(line);
// Scripts read the answers and events from standard output, and nothing else.
const tell = once === undefined ? print : (line: string): void => console.error(line);
const connection = connect({ url, token, print: tell, onRefused: () => process.exit(1) });
const commands = commandsOf({ connection, project, print, take });

if (once !== undefined) {
  try {
    await commands.run(once);
    await commands.taken();
  } catch (error) {
    console.error(sentence(error));
    process.exitCode = 1;
  }
  connection.close();
} else {
  const input = createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
  print('Type help for the commands.');
  input.prompt();
  for await (const line of input) {
    if (line.trim() === 'quit') break;
    await commands.run(line).catch((error: unknown) => print(sentence(error)));
    input.prompt();
  }
  input.close();
  connection.close();
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
