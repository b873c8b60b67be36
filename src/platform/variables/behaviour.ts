import {
  bytes,
  count,
  flag,
  fraction,
  integer,
  milliseconds,
  oneOf,
  optional,
  perMode,
  text,
  timeZone,
  unlessProduction,
  url,
  variable,
} from '../variable.ts';

const days = integer(1, 36_500, 'days, a whole number');

/** How events, texts and mail are dealt with, and what the server says of itself. */
export const behaviourVariables = {
  // The log
  undoWindowMs: variable(
    'UNDO_WINDOW_MS',
    milliseconds,
    10_000,
    'How long a change of one’s notifications can be taken back.',
  ),
  // READ of 2,000 of 100,000, two deliveries held of each, was a second on a machine six times busier than it could be
  // (2026-11-27). More would keep whoever tells the person something waiting, fewer read the others more often.
  bulkChangeRows: variable(
    'BULK_CHANGE_ROWS',
    integer(1, 20_000),
    5_000,
    'Notifications that one person changes in one transaction; a change of more takes several, one after the other.',
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

  // People and their mail
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
  defaultTimeZone: variable('DEFAULT_TIME_ZONE', timeZone, 'UTC', 'The time zone of people who have chosen none.'),
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
  consoleBuildRetryMs: variable(
    'CONSOLE_BUILD_RETRY_MS',
    milliseconds,
    60_000,
    'After a build of the console that failed, how long until the next is tried; but for production also when its sources change.',
  ),
};
