import { describe, expect, it } from 'vitest';
import { createLog, type Log } from './log.ts';

function logOf(debug?: string): { log: Log; lines: () => Record<string, unknown>[]; raw: () => string } {
  const written: string[] = [];
  const log = createLog({ logLevel: 'info', debug }, { write: (line: string) => void written.push(line) });
  return { log, lines: () => written.map((line) => JSON.parse(line)), raw: () => written.join('') };
}

// Not a real token: three parts in the shape of one.
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl';

describe('the log', () => {
  it('is one JSON object per line with time, level and message', () => {
    const { log, lines } = logOf();
    log.info({ port: 3000 }, 'listening');
    expect(lines()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), port: 3000, msg: 'listening' },
    ]);
  });

  it('never contains a token or password, under whatever key or in whatever text', () => {
    const { log, lines, raw } = logOf();
    log.info({
      authorization: 'hunter2',
      headers: { authorization: 'hunter2', cookie: 'hunter2' },
      req: { headers: { authorization: 'hunter2' } },
    });
    log.info({ connectionParams: { authToken: 'hunter2' }, jwtSecret: 'hunter2', redisUrl: 'redis://:hunter2@cache' });
    log.warn({ err: new Error(`bad token ${token}`) }, `refused ${token} at /graphql?token=hunter2&x=1`);
    log.error('cannot reach postgresql://app:hunter2@db/app');
    expect(raw()).not.toContain('hunter2');
    expect(raw()).not.toContain(token);
    expect(lines()[2]?.msg).toBe('refused [redacted] at /graphql?token=[redacted]&x=1');
    expect(lines()[3]?.msg).toBe('cannot reach postgresql://app:[redacted]@db/app');
  });

  it('leaves other text as it is', () => {
    const { log, lines } = logOf();
    log.info({ url: 'http://127.0.0.1:3000/graphql', who: 'ana@example.com' }, 'at http://localhost:3000, mail a@b');
    expect(lines()[0]).toMatchObject({
      url: 'http://127.0.0.1:3000/graphql',
      who: 'ana@example.com',
      msg: 'at http://localhost:3000, mail a@b',
    });
  });

  it('has debug lines of the parts that DEBUG names, and of no others', () => {
    const { log, lines } = logOf('websocket:*, bell');
    for (const ns of ['websocket:session', 'bell', 'bellows', 'events']) log.child({ ns }).debug('detail');
    log.debug('detail');
    log.child({ ns: 'websocket:session' }).child({ session: 1 }).debug('inner');
    expect(lines().map((line) => `${line.ns} ${line.msg}`)).toEqual([
      'websocket:session detail',
      'bell detail',
      'websocket:session inner',
    ]);
  });

  it('has no debug lines without DEBUG', () => {
    const { log, lines } = logOf();
    log.child({ ns: 'bell' }).debug('detail');
    expect(lines()).toEqual([]);
  });
});
