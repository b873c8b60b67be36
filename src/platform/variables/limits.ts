import {
  bytes,
  count,
  flag,
  integer,
  milliseconds,
  oneOf,
  perMode,
  text,
  unlessProduction,
  variable,
} from '../variable.ts';

const rate = text('a rate such as 20/10s or 60/1m', /^[1-9]\d{0,8}\/[1-9]\d{0,5}[smh]$/);

/** What clients may do: sockets, rates, documents. */
export const limitsVariables = {
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
};
