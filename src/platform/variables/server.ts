import { flag, integer, list, type Mode, oneOf, optional, origins, perMode, text, url, variable } from '../variable.ts';

const anyPort = integer(0, 65535, 'a port number');

/** Where the server listens and stores, and who may enter. */
export const serverVariables = {
  mode: variable(
    'NODE_ENV',
    oneOf<Mode>('development', 'production', 'test'),
    'development',
    'Production refuses to start without a key for tokens and has none of the development tools.',
  ),

  // Where it listens
  host: perMode(
    'HOST',
    text('a host name or address', /^\S+$/),
    (mode) => (mode === 'production' ? '0.0.0.0' : '127.0.0.1'),
    'The address to listen on.',
  ),
  port: variable('PORT', anyPort, 3000, 'The port for HTTP and sockets; 0 takes a free one.'),
  websocketPort: optional('WEBSOCKET_PORT', anyPort, 'A second port that serves the same; without it there is one.'),
  graphqlPath: variable(
    'GRAPHQL_PATH',
    text('a path that begins with /', /^\/[^\s?#]*$/),
    '/graphql',
    'The path of the API, over HTTP and sockets; sockets may also use /ws and /.',
  ),
  publicUrl: optional(
    'PUBLIC_URL',
    url('http', 'https'),
    'The address people reach the server under; default: http://localhost and the port.',
  ),
  nextPublicWebsocketUrl: optional(
    'NEXT_PUBLIC_WEBSOCKET_URL',
    url('ws', 'wss'),
    'Read by Next.js clients, not by the server; accepted so that one file of variables serves both.',
  ),
  allowedOrigins: perMode(
    'ALLOWED_ORIGINS',
    origins,
    (mode): readonly string[] => (mode === 'production' ? [] : ['http://localhost:*', 'http://127.0.0.1:*']),
    'Origins of other sites that may use the API from a browser, beside its own. CORS_ORIGIN and FRONTEND_URL are added to it.',
    { aliases: ['CORS_ORIGIN', 'FRONTEND_URL'] },
  ),

  // Where it stores
  dataDir: variable(
    'DATA_DIR',
    text('a directory'),
    '.data',
    'Everything the server writes without PostgreSQL; one process at a time.',
  ),
  databaseUrl: optional(
    'DATABASE_URL',
    url('postgres', 'postgresql'),
    'PostgreSQL 15 or newer; without it an embedded database under DATA_DIR.',
    { secret: 'url' },
  ),
  databasePoolSize: variable(
    'DATABASE_POOL_SIZE',
    integer(2, 1000),
    10,
    'Connections to PostgreSQL per server; the embedded database has one.',
  ),
  redisUrl: optional(
    'REDIS_URL',
    url('redis', 'rediss'),
    'Redis 7, for more than one server; without it there is one server.',
    { secret: 'url' },
  ),
  redisPrefix: variable(
    'REDIS_PREFIX',
    text('text without spaces', /^\S+$/),
    'belfry:',
    'Begins every key and channel in Redis.',
  ),

  // Who may enter
  jwtSecret: optional(
    'JWT_SECRET',
    text('a text; at least 32 characters in production'),
    'The key of HS256 tokens. Development without it or JWKS_URL makes one under DATA_DIR.',
    { secret: true },
  ),
  jwksUrl: optional('JWKS_URL', url('https', 'http'), "Address of the identity provider's public keys (RFC 7517).", {
    secret: 'url',
  }),
  jwtIssuer: optional('JWT_ISSUER', text('a text'), 'The `iss` a token must have; without it any.'),
  jwtAudience: optional('JWT_AUDIENCE', text('a text'), 'The `aud` a token must have; without it any.'),
  jwtUserClaims: variable(
    'JWT_USER_CLAIMS',
    list,
    ['externalUserId', 'sub'],
    "The claims that may hold the person's external id; the first present one counts.",
  ),
  provisionUsers: variable(
    'PROVISION_USERS',
    flag,
    false,
    'Whether a valid token of an unknown person makes them a member.',
  ),
  allowQueryToken: variable('ALLOW_QUERY_TOKEN', flag, false, 'Whether ?token= is read; addresses end up in logs.'),
};
