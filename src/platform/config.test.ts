import { describe, expect, it } from 'vitest';
import { ConfigError, describeConfig, environment, loadConfig, redactedConfig } from './config.ts';

const productionSecret = 'a-key-of-thirty-two-characters-or-more';
const production = { NODE_ENV: 'production', JWT_SECRET: productionSecret };

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('of a machine without variables is that of development', () => {
    expect(loadConfig({})).toMatchObject({
      mode: 'development',
      host: '127.0.0.1',
      port: 3000,
      websocketPort: undefined,
      graphqlPath: '/graphql',
      publicUrl: 'http://localhost:3000',
      dataDir: '.data',
      databaseUrl: undefined,
      redisUrl: undefined,
      redisPrefix: 'belfry:',
      jwtSecret: undefined,
      jwtUserClaims: ['externalUserId', 'sub'],
      provisionUsers: false,
      allowQueryToken: false,
      allowedOrigins: ['http://localhost:*', 'http://127.0.0.1:*'],
      wsPingIntervalMs: 25_000,
      wsPingTimeoutMs: 60_000,
      wsMaxPayloadBytes: 262_144,
      httpMaxBodyBytes: 262_144,
      wsMaxOperationIdBytes: 96,
      wsMaxSubscriptions: 50,
      eventRetentionDays: 30,
      logPollMs: 1000,
      logPageSize: 200,
      outboxLimitBytes: 1_048_576,
      lagCloseMs: 30_000,
      idempotencyTtlDays: 7,
      titleMaxChars: 200,
      textMaxChars: 5000,
      graphiql: true,
      introspection: true,
      logLevel: 'info',
    });
  });

  it('of tests is that of development, but quiet', () => {
    const { mode, logLevel, ...rest } = loadConfig({ NODE_ENV: 'test' });
    const { mode: _mode, logLevel: _level, ...development } = loadConfig({});
    expect({ mode, logLevel }).toEqual({ mode: 'test', logLevel: 'warn' });
    expect(rest).toEqual(development);
  });

  it('of production listens everywhere, admits no other site and shows no tools', () => {
    expect(loadConfig(production)).toMatchObject({
      mode: 'production',
      host: '0.0.0.0',
      allowedOrigins: [],
      graphiql: false,
      introspection: false,
    });
    expect(loadConfig({ ...production, GRAPHIQL: 'true', INTROSPECTION: 'on' })).toMatchObject({
      graphiql: true,
      introspection: true,
    });
  });

  it('accepts every variable the documents name', () => {
    const config = loadConfig({
      WEBSOCKET_PORT: '8001',
      CORS_ORIGIN: 'http://localhost:3000',
      JWT_SECRET: 'your-jwt-secret',
      NEXT_PUBLIC_WEBSOCKET_URL: 'ws://localhost:8001',
      ALLOWED_ORIGINS: 'https://app.example.com, https://*.example.org',
      FRONTEND_URL: 'http://localhost:5173/',
      PORT: '3000',
      REDIS_URL: 'redis://localhost:6379',
      DIGEST_CADENCE: 'hourly',
      RATE_LIMITS: 'off',
      DEBUG: 'websocket:*',
    });
    expect(config).toMatchObject({
      websocketPort: 8001,
      jwtSecret: 'your-jwt-secret',
      debug: 'websocket:*',
      digestCadence: 'hourly',
      rateLimits: 'off',
    });
    expect(config.allowedOrigins).toEqual([
      'https://app.example.com',
      'https://*.example.org',
      'http://localhost:3000',
      'http://localhost:5173',
    ]);
  });

  it('takes an empty variable for an absent one', () => {
    expect(loadConfig({ PORT: '', REDIS_URL: ' ', JWT_SECRET: '' })).toEqual(loadConfig({}));
  });

  it('writes origins as browsers send them', () => {
    const { allowedOrigins } = loadConfig({
      ALLOWED_ORIGINS: 'https://App.example.com:443/path?x=1,http://a.test:80,*,http://[::1]:5173',
    });
    expect(allowedOrigins).toEqual(['https://app.example.com', 'http://a.test', '*', 'http://[::1]:5173']);
  });

  it('takes the same port twice for one listener', () => {
    expect(loadConfig({ PORT: '8001', WEBSOCKET_PORT: '8001' }).websocketPort).toBeUndefined();
    expect(loadConfig({ PORT: '0', WEBSOCKET_PORT: '0' }).websocketPort).toBe(0);
  });

  it('cannot be changed', () => {
    const config = loadConfig({ ALLOWED_ORIGINS: 'https://a.example' });
    expect(
      Object.isFrozen(config) && Object.isFrozen(config.allowedOrigins) && Object.isFrozen(config.jwtUserClaims),
    ).toBe(true);
    expect(Object.isFrozen(loadConfig({}).allowedOrigins)).toBe(true);
  });

  it('is read from the variables of the process only where asked', () => {
    expect(environment()).toHaveProperty('PATH');
  });
});

describe('wrong variables', () => {
  it('are reported all at once, each in one line with what was given and what is expected', () => {
    const problems = problemsOf({
      NODE_ENV: 'staging',
      PORT: '99999',
      GRAPHIQL: 'maybe',
      LOG_LEVEL: 'loud',
      ALLOWED_ORIGINS: 'app.example.com',
      FRONTEND_URL: 'http://ok.example',
      GRAPHQL_PATH: 'graphql',
      LOG_POLL_MS: '1s',
      PUBLIC_URL: 'example.com',
    });
    expect(problems).toEqual([
      'NODE_ENV is "staging"; expected one of development, production, test.',
      'PORT is "99999"; expected a port number from 0 to 65535.',
      'GRAPHQL_PATH is "graphql"; expected a path that begins with /.',
      'PUBLIC_URL is "example.com"; expected a URL that begins with http:// or https://.',
      'ALLOWED_ORIGINS is "app.example.com"; expected origins separated by commas, such as https://app.example.com or http://localhost:*.',
      'GRAPHIQL is "maybe"; expected true or false.',
      'LOG_POLL_MS is "1s"; expected milliseconds, a whole number from 1 to 2147483647.',
      'LOG_LEVEL is "loud"; expected one of fatal, error, warn, info, debug, trace, silent.',
    ]);
    expect(problems.every((problem) => !problem.includes('\n'))).toBe(true);
  });

  it.each(['0x10', '1e3', '-1', '3.5', '65536', ' 30 00 '])('PORT=%j is refused', (PORT) => {
    expect(problemsOf({ PORT })).toHaveLength(1);
  });

  it.each([
    'null',
    'https://',
    'https://a b',
    'ftp://a.example',
    'https://*',
    'https://a.*.example',
    'https://user@a.example',
  ])('the origin %j is refused', (origin) => {
    expect(problemsOf({ CORS_ORIGIN: origin })[0]).toMatch(/^CORS_ORIGIN is/);
  });

  it.each(['Mars/Olympus', '+02:00', 'nonsense'])('the time zone %j is refused', (DEFAULT_TIME_ZONE) => {
    expect(problemsOf({ DEFAULT_TIME_ZONE })).toHaveLength(1);
  });

  it('a mail server without a sender is refused, and so is a sender who is none', () => {
    const SMTP_URL = 'smtp://mail.example.com';
    expect(problemsOf({ SMTP_URL })).toEqual([
      'MAIL_FROM is not set; expected the sender of mail where SMTP_URL is set.',
    ]);
    for (const MAIL_FROM of ['belfry@example.com', 'Belfry <belfry@example.com>']) {
      expect(problemsOf({ SMTP_URL, MAIL_FROM })).toEqual([]);
    }
    expect(problemsOf({ MAIL_FROM: 'Belfry <belfry>' })).toHaveLength(1);
  });

  it('never quote a secret', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://root:hunter2@db',
      REDIS_URL: 'hunter2',
      NODE_ENV: 'production',
      JWT_SECRET: 'hunter2',
    });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('hunter2');
    expect(problems).toContain('JWT_SECRET has 7 characters; expected at least 32 in production.');
  });

  it('production without a key for tokens is refused, and with either kind of key is not', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      'JWT_SECRET and JWKS_URL are not set; expected one of them in production.',
    ]);
    expect(problemsOf(production)).toEqual([]);
    expect(problemsOf({ NODE_ENV: 'production', JWKS_URL: 'https://id.example/keys' })).toEqual([]);
  });

  it('production without limits is refused', () => {
    expect(problemsOf({ ...production, RATE_LIMITS: 'off' })).toEqual([
      'RATE_LIMITS is "off"; expected "on" in production.',
    ]);
  });

  it('pings that would close every idle socket are refused', () => {
    expect(problemsOf({ WS_PING_TIMEOUT_MS: '25000' })[0]).toMatch(/^WS_PING_TIMEOUT_MS is 25000; expected more than/);
  });

  it('a schema that would be ignored is refused', () => {
    expect(problemsOf({ DATABASE_URL: 'postgresql://db/app?schema=belfry' })[0]).toMatch(
      /^DATABASE_URL asks for schema=belfry/,
    );
    expect(problemsOf({ DATABASE_URL: 'postgresql://db/app?schema=public' })).toEqual([]);
  });
});

describe('the configuration in words', () => {
  it('has one row per variable, each name once', () => {
    const rows = describeConfig();
    const names = rows.flatMap((row) => [row.name, ...row.aliases]);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining(['PORT', 'CORS_ORIGIN', 'FRONTEND_URL', 'WS_MAX_PAYLOAD_BYTES', 'DIGEST_CADENCE']),
    );
    expect(rows.find((row) => row.name === 'HOST')?.defaults).toEqual({
      development: '127.0.0.1',
      production: '0.0.0.0',
    });
    for (const row of rows) expect(row.description, row.name).toMatch(/\.$/);
  });

  it('accepts the defaults it prints', () => {
    for (const { name, defaults } of describeConfig()) {
      expect(problemsOf({ [name]: defaults.development }), name).toEqual([]);
      expect(problemsOf({ ...production, ...(defaults.production && { [name]: defaults.production }) }), name).toEqual(
        [],
      );
    }
  });

  it('shows the values in effect without secrets', () => {
    const shown = redactedConfig(
      loadConfig({
        ...production,
        DATABASE_URL: 'postgresql://app:hunter2@db.example:5432/app?sslpassword=hunter2',
        REDIS_URL: 'redis://:hunter2@cache.example',
        METRICS_TOKEN: 'hunter2',
        FRONTEND_URL: 'https://app.example',
      }),
    );
    expect(JSON.stringify(shown)).not.toContain('hunter2');
    expect(JSON.stringify(shown)).not.toContain(productionSecret);
    expect(shown).toMatchObject({
      NODE_ENV: 'production',
      JWT_SECRET: '(set, not shown)',
      JWKS_URL: '',
      DATABASE_URL: 'postgresql://app:***@db.example:5432/app?sslpassword=***',
      ALLOWED_ORIGINS: 'https://app.example',
      PORT: '3000',
    });
  });
});
