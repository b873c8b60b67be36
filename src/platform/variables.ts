import {
  flag,
  fraction,
  integer,
  list,
  type Mode,
  oneOf,
  optional,
  origins,
  perMode,
  text,
  url,
  variable,
} from './variable.ts';

const anyPort = integer(0, 65535, 'a port number');
const milliseconds = integer(1, 2 ** 31 - 1, 'milliseconds, a whole number');
const bytes = integer(1024, 2 ** 30, 'bytes, a whole number');
const count = integer(1, 1_000_000);
const days = integer(1, 36_500, 'days, a whole number');
const rate = text('a rate such as 20/10s or 60/1m', /^[1-9]\d{0,8}\/[1-9]\d{0,5}[smh]$/);
const unlessProduction = (mode: Mode) => mode !== 'production';

/** Every variable Belfry knows, by the name its value has in `Config`, in the order of docs/configuration.md. */
export const variables = {
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

  // Sockets
  wsPingIntervalMs: variable('WS_PING_INTERVAL_MS', milliseconds, 25_000, 'Pause between pings on an idle socket.'),
  wsPingTimeoutMs: variable('WS_PING_TIMEOUT_MS', milliseconds, 60_000, 'A socket silent for this long is closed.'),
  // Not the 3 s of graphql-ws: its client calls an async `connectionParams` only after the socket is open, and
  // one that fetches a fresh token there over a slow network would be closed with 4408, again and again.
  wsInitTimeoutMs: variable(
    'WS_INIT_TIMEOUT_MS',
    milliseconds,
    10_000,
    'A socket without connection_init for this long is closed with 4408.',
  ),
  wsMaxPayloadBytes: variable('WS_MAX_PAYLOAD_BYTES', bytes, 262_144, 'The largest message a client may send.'),
  // graphql-ws puts the id into the reason of 4409, which has room for 123 bytes.
  wsMaxOperationIdBytes: variable('WS_MAX_OPERATION_ID_BYTES', integer(36, 96), 96, 'The longest id of an operation.'),
  wsMaxSubscriptions: variable('WS_MAX_SUBSCRIPTIONS', count, 50, 'Running operations per socket.'),
  outboxLimitBytes: variable('OUTBOX_LIMIT_BYTES', bytes, 1_048_576, 'Bytes that may wait for one slow socket.'),
  lagCloseMs: variable(
    'LAG_CLOSE_MS',
    milliseconds,
    30_000,
    'Whoever takes nothing of what waits for this long is sent away: sockets with 1013, event streams with a last error.',
  ),
  drainTimeoutMs: variable(
    'DRAIN_TIMEOUT_MS',
    milliseconds,
    10_000,
    'How long clients may take to leave, after SIGTERM, before the process ends.',
  ),

  // Limits
  rateLimits: variable(
    'RATE_LIMITS',
    oneOf('on', 'off'),
    'on',
    'off switches off the rates and the devices per person, for load tests; refused in production.',
  ),
  wsRateLimit: variable('WS_RATE_LIMIT', rate, '20/10s', 'Operations per socket.'),
  wsMessageRateLimit: variable(
    'WS_MESSAGE_RATE_LIMIT',
    rate,
    '200/10s',
    'Messages per socket that are no operations: pings, pongs and completes.',
  ),
  userRateLimit: variable(
    'USER_RATE_LIMIT',
    rate,
    '100/10s',
    'Operations per person, on all their sockets and over HTTP, on all servers.',
  ),
  anonymousRateLimit: variable(
    'ANONYMOUS_RATE_LIMIT',
    rate,
    '30/10s',
    'Operations over HTTP without a token, per address.',
  ),
  connectRateLimit: variable(
    'CONNECT_RATE_LIMIT',
    rate,
    '60/1m',
    'Sockets without a good token and requests with a bad one, per address; expired tokens do not count.',
  ),
  messageRateLimit: variable(
    'MESSAGE_RATE_LIMIT',
    rate,
    '60/1m',
    'Messages, comments, edits of them and offers per person.',
  ),
  toldRateLimit: variable(
    'TOLD_RATE_LIMIT',
    rate,
    '300/1m',
    'People a person tells by name: mentions, and people added to a topic or to a new conversation.',
  ),
  wsMaxTopics: variable('WS_MAX_TOPICS', count, 1000, 'Topics a socket follows, over all its subscriptions.'),
  wsMaxGroupsPerTopic: variable(
    'WS_MAX_GROUPS_PER_TOPIC',
    count,
    50,
    'Different subscriptions of one topic a person may have on a server; those that select the same count once.',
  ),
  attentionMaxRules: variable(
    'ATTENTION_MAX_RULES',
    count,
    500,
    'Rules of whether to tell that a person, or a workspace for everybody, may have.',
  ),
  wsMaxConnectionsPerUser: variable(
    'WS_MAX_CONNECTIONS_PER_USER',
    count,
    5,
    'Devices per person that are connected at once; the one used longest ago is closed with 4429.',
  ),
  wsMaxConnectionsPerDevice: variable(
    'WS_MAX_CONNECTIONS_PER_DEVICE',
    count,
    20,
    'Sockets and streams of one device, such as the tabs of a browser; the oldest is closed with 4429.',
  ),
  trustedProxyHops: variable(
    'TRUSTED_PROXY_HOPS',
    integer(0, 16),
    0,
    'How many proxies of your own stand before the server: the address is then taken from X-Forwarded-For.',
  ),
  tokenWarningMs: variable(
    'TOKEN_WARNING_MS',
    milliseconds,
    30_000,
    'How long before its token expires a socket is told; at most half of the time that is left at connect.',
  ),
  sessionLeaseMs: variable(
    'SESSION_LEASE_MS',
    milliseconds,
    9_000,
    'A server that is silent for this long is taken for dead, and its sessions for gone.',
  ),

  // Documents
  httpMaxBodyBytes: variable('HTTP_MAX_BODY_BYTES', bytes, 262_144, 'The largest body of an HTTP request.'),
  // Introspection is not counted by the limits of depth and cost, and has 183 tokens (graphql 17.1, 2026-11-20).
  maxDepth: variable('MAX_DEPTH', count, 10, 'How deep a document may nest.'),
  maxAliases: variable('MAX_ALIASES', count, 15, 'Aliases in a document.'),
  // 50 is graphql-armor's own default: generated clients put @include and @skip on many fields.
  maxDirectives: variable('MAX_DIRECTIVES', count, 50, 'Directives in a document.'),
  maxTokens: variable('MAX_TOKENS', count, 2000, 'Tokens in a document.'),
  // A page of 100 notifications with everything selected costs 9,088.
  maxCost: variable('MAX_COST', count, 10_000, 'The computed cost of a document.'),
  documentCacheSize: variable('DOCUMENT_CACHE_SIZE', count, 1000, 'Parsed documents kept.'),
  graphiql: perMode('GRAPHIQL', flag, unlessProduction, 'Whether the explorer is served.'),
  introspection: perMode('INTROSPECTION', flag, unlessProduction, 'Whether the schema may be asked for.'),

  // The log
  undoWindowMs: variable(
    'UNDO_WINDOW_MS',
    milliseconds,
    10_000,
    'How long a change of one’s notifications can be taken back.',
  ),
  celebrationIntervalMs: variable(
    'CELEBRATION_INTERVAL_MS',
    milliseconds,
    600_000,
    'How long after a celebration no other is told to the same person.',
  ),
  maxSnoozeDays: variable('MAX_SNOOZE_DAYS', days, 366, 'How far ahead a notification can be snoozed.'),
  eventRetentionDays: variable('EVENT_RETENTION_DAYS', days, 30, 'How long a cursor can be resumed.'),
  logPollMs: variable('LOG_POLL_MS', milliseconds, 1000, 'Pause between sweeps for events whose ring was lost.'),
  logPageSize: variable('LOG_PAGE_SIZE', integer(1, 10_000), 200, 'Events read at once.'),
  logCacheBytes: variable(
    'LOG_CACHE_BYTES',
    bytes,
    32 * 1024 * 1024,
    'Events kept in memory for a moment for clients that catch up, about.',
  ),
  liveUpdateDebounceMs: variable(
    'LIVE_UPDATE_DEBOUNCE_MS',
    milliseconds,
    250,
    'Changes of a page within this time are told as one.',
  ),
  idempotencyTtlDays: variable(
    'IDEMPOTENCY_TTL_DAYS',
    days,
    7,
    'How long a repeated idempotencyKey gets the first answer.',
  ),

  // Texts
  titleMaxChars: variable('TITLE_MAX_CHARS', count, 200, 'Characters in a title or name.'),
  textMaxChars: variable('TEXT_MAX_CHARS', count, 5000, 'Characters in a description.'),
  // In four bytes each they still fit into WS_MAX_PAYLOAD_BYTES.
  contentMaxChars: variable('CONTENT_MAX_CHARS', count, 50_000, 'Characters in a page.'),
  commentMaxChars: variable('COMMENT_MAX_CHARS', count, 5000, 'Characters in a comment.'),
  messageMaxChars: variable('MESSAGE_MAX_CHARS', count, 5000, 'Characters in a message.'),
  messageMaxAttachments: variable('MESSAGE_MAX_ATTACHMENTS', count, 10, 'Attachments of a message.'),
  messageMaxReactions: variable('MESSAGE_MAX_REACTIONS', count, 20, 'Different emoji on a message.'),
  metadataMaxBytes: variable(
    'METADATA_MAX_BYTES',
    bytes,
    8192,
    'Bytes of JSON in the metadata of a conversation or message.',
  ),
  // Each of them gets the event in their own topic as well, in the same transaction, with all their ids in it.
  conversationMaxInvited: variable(
    'CONVERSATION_MAX_INVITED',
    integer(1, 500),
    100,
    'People a conversation is created with; more are added one by one.',
  ),
  externalDataMaxBytes: variable(
    'EXTERNAL_DATA_MAX_BYTES',
    integer(2, 65_536, 'bytes, a whole number'),
    8192,
    'The data of an event that another application publishes, as JSON.',
  ),
  externalMaxPeople: variable(
    'EXTERNAL_MAX_PEOPLE',
    integer(1, 1_000),
    100,
    'People an event of another application names as recipients, and owners and members a topic begins with.',
  ),

  // What it says
  logLevel: perMode(
    'LOG_LEVEL',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    (mode) => (mode === 'test' ? ('warn' as const) : ('info' as const)),
    'The least important lines that are logged.',
  ),
  debug: optional(
    'DEBUG',
    text('names separated by commas, with *'),
    'Parts of the server whose debug lines are logged too: websocket:*.',
  ),
  metricsToken: optional(
    'METRICS_TOKEN',
    text('a text'),
    'The bearer token that may read /metrics; without it anybody may in development, and nobody in production.',
    { secret: true },
  ),
  otlpEndpoint: optional(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    url('http', 'https'),
    'Where spans are sent (OTLP over HTTP, /v1/traces is added); without it nothing is traced.',
    { secret: 'url' },
  ),
  serviceName: variable('OTEL_SERVICE_NAME', text('a text'), 'belfry', 'The name of the service in traces.'),
  traceRatio: variable(
    'OTEL_TRACES_SAMPLER_ARG',
    fraction,
    1,
    'The share of traces begun here that is sent; those begun elsewhere are sent as their sender says.',
  ),

  // Features to come
  presenceGraceMs: variable(
    'PRESENCE_GRACE_MS',
    milliseconds,
    10_000,
    'How long someone whose connection was lost still counts as online, so that a reload does not flicker.',
  ),
  digestCadence: variable(
    'DIGEST_CADENCE',
    oneOf('hourly', 'daily', 'off'),
    'daily',
    'How often the e-mail digest goes out to people who have not chosen.',
  ),
  defaultTimeZone: variable(
    'DEFAULT_TIME_ZONE',
    text('an IANA time zone such as Europe/Warsaw', /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/),
    'UTC',
    'The time zone of people who have chosen none.',
  ),
  smtpUrl: optional(
    'SMTP_URL',
    url('smtp', 'smtps'),
    'The mail server; without it production sends no digest, and development shows its mail at /dev/mail.',
    { secret: 'url' },
  ),
  mailFrom: optional(
    'MAIL_FROM',
    text('a mail address, such as Belfry <belfry@example.com>', /^([^<>@\r\n]+<)?[^\s<>@]+@[^\s<>@]+>?$/),
    'The sender of mail; needed with SMTP_URL.',
  ),
  mailTimeoutMs: variable(
    'MAIL_TIMEOUT_MS',
    integer(100, 600_000),
    20_000,
    'How long the mail server may take for one mail; after that it is tried again, unless it may have been taken.',
  ),
  mailAttempts: variable(
    'MAIL_ATTEMPTS',
    integer(1, 20),
    8,
    'How often a mail is tried, a minute after the first time, then twice as long each; with 8 for two hours.',
  ),
  mailConcurrency: variable(
    'MAIL_CONCURRENCY',
    integer(1, 32),
    2,
    'How many digests a server makes and sends at once.',
  ),
  digestMaxItems: variable(
    'DIGEST_MAX_ITEMS',
    integer(1, 1_000),
    50,
    'How many notifications a digest lists, the newest; of the others it says how many there are.',
  ),
  console: perMode(
    'CONSOLE',
    flag,
    unlessProduction,
    'Whether the console is served at `/`. It is built when it is asked for the first time, into DATA_DIR.',
  ),
};
