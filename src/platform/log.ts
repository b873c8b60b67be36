import { type DestinationStream, pino } from 'pino';
import type { Config } from './config.ts';

/** The program's log: one JSON object per line. A part of the program logs through `log.child({ ns: 'websocket:session' })`. */
export type Log = pino.Logger;

const secretKeys = [
  'authorization',
  'Authorization',
  'authToken',
  'token',
  'cookie',
  'password',
  'secret',
  'jwtSecret',
  'databaseUrl',
  'redisUrl',
];
const levelsDeep = ['', '*.', '*.*.'];

/**
 * The log of a process, to standard output unless `destination` says otherwise. Values under the usual names of
 * secrets are replaced, and so is, in any text, whatever looks like a token or a password in a URL.
 * `config.debug` (names separated by commas, `*` for any ending) enables debug lines of the children with such an `ns`.
 */
export function createLog(config: Pick<Config, 'logLevel' | 'debug'>, destination?: DestinationStream): Log {
  const enabled = namespaces(config.debug ?? '');
  const options: pino.LoggerOptions = {
    level: config.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: levelsDeep.flatMap((prefix) => secretKeys.map((key) => prefix + key)), censor: '[redacted]' },
    hooks: { streamWrite: withoutSecrets },
    onChild(child) {
      const { ns } = child.bindings();
      if (typeof ns === 'string' && enabled(ns) && !child.isLevelEnabled('debug')) child.level = 'debug';
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

// Keys are not enough: tokens also travel in messages of errors, in addresses and in header dumps.
function withoutSecrets(line: string): string {
  return line
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]')
    .replace(/(\w:\/\/[^\s:/@"]*:)[^\s/@"]+@/g, '$1[redacted]@')
    .replace(/([?&](?:token|access_token)=)[^\s&"\\]+/g, '$1[redacted]');
}

function namespaces(debug: string): (ns: string) => boolean {
  const patterns = debug
    .split(/[\s,]+/)
    .filter((pattern) => pattern !== '')
    .map((pattern) => new RegExp(`^${pattern.replace(/[\\^$.|?+()[\]{}]/g, '\\$&').replaceAll('*', '.*')}$`));
  return (ns) => patterns.some((pattern) => pattern.test(ns));
}
