import { Counter, collectDefaultMetrics, Gauge, type Histogram, Registry } from 'prom-client';
import { createTiming, type Timing } from './timing.ts';

/** A count as a plain number: adding to it costs nothing, and it is read when somebody asks. */
export interface Tally {
  value: number;
}

/** One tally for each value of a label. Keep what `of` returns where it is counted often. */
export interface Tallies {
  of(label: string): Tally;
}

/** Something that is looked at when somebody asks. Without a source it is not shown. */
export interface Reading {
  /** May reject: the metric is then missing from that answer. */
  from(read: () => number | Promise<number>): void;
}

/** The same by label. A label that is absent is not shown. */
export interface Readings {
  from(read: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>): void;
}

interface Instruments {
  counter: Tally;
  counters: Tallies;
  histogram: Timing;
  gauge: Reading;
  gauges: Readings;
}

interface Declared<Kind extends keyof Instruments = keyof Instruments> {
  readonly kind: Kind;
  readonly name: string;
  readonly help: string;
  /** Name of the label; absent: there is none. */
  readonly label?: string;
}

const counter = (name: string, help: string): Declared<'counter'> => ({ kind: 'counter', name, help });
const counters = (name: string, label: string, help: string): Declared<'counters'> => ({
  kind: 'counters',
  name,
  label,
  help,
});
const histogram = (name: string, help: string): Declared<'histogram'> => ({ kind: 'histogram', name, help });
const gauge = (name: string, help: string): Declared<'gauge'> => ({ kind: 'gauge', name, help });
const gauges = (name: string, label: string, help: string): Declared<'gauges'> => ({
  kind: 'gauges',
  name,
  label,
  help,
});

/** Every metric of our own, by the name the code has for it. Names and labels are a contract: they only grow. */
const declared = {
  // Sockets
  connectionsActive: gauge('ws_connections_active', 'Open sockets of this server.'),
  connections: counter('ws_connections_total', 'Sockets acknowledged since the start.'),
  authFailures: counter('ws_auth_failures_total', 'Sockets refused for their token or person.'),
  parked: gauge('ws_sockets_parked', 'Sockets whose outbox is full: their streams wait and catch up from the log.'),
  emitted: counters(
    'ws_messages_emitted_total',
    'type',
    'Items written to clients, by kind of event; `Checkpoint`, `AccessLost` and `error` for what is none.',
  ),
  dropped: counters(
    'ws_messages_dropped_total',
    'reason',
    'Signals not written, and sockets closed, for want of room.',
  ),
  sseStreams: gauge('sse_streams_active', 'Open streams of server-sent events.'),

  // Streams
  topicMembers: gauges('topic_members', 'kind', 'Streams on topics, by kind of topic; one stream may be on several.'),
  topicsFollowed: gauge('topics_followed', 'Topics this server reads.'),
  groups: gauge('stream_groups', 'Groups of streams that share an execution.'),
  behind: gauge('streams_behind', 'Places of streams in topics that are catching up from the log.'),
  resumes: counters('resume_total', 'verdict', 'Streams begun with a cursor: `resumed`, `expired`, or `refused`.'),
  replayed: counter('replayed_events_total', 'Events written while catching up from the log.'),
  accessLossLag: histogram('access_loss_lag_ms', 'From the removal of somebody to the end of their stream.'),

  // The way of an event
  emitLatency: histogram('emit_latency_ms', 'Commit → publish: until the bell has been rung.'),
  fanoutLatency: histogram('fanout_latency_ms', 'Publish → socket write, per delivery, also across servers.'),
  logLag: gauge('log_lag_events', 'Events announced and not yet read by this server, over all topics it follows.'),
  busOps: counters(
    'bus_ops_total',
    'op',
    'Uses of the bell: `publish`, `publish_failed`, `receive`, `unreadable`, `reconnect`.',
  ),
  busLag: histogram('bus_lag_ms', 'From a ring on one server to its hearing on this one; clocks of machines differ.'),
  registryErrors: counter('registry_errors_total', 'Failed uses of Redis for presence, devices and limits.'),
  rateLimited: counters('rate_limited_total', 'limit', 'Refusals by limit.'),

  digests: counters(
    'digests_total',
    'outcome',
    'Digests by e-mail: `sent`, `failed`, `unknown`, `skipped_empty`, `skipped_opted_out`, `skipped_no_address`, and `retried` for each time one is put off.',
  ),

  alertsTold: counters(
    'alerts_released_total',
    'decision',
    'Alerts told, by the decision that let them through, or that had held them.',
  ),
  dueFailures: counters('due_work_failures_total', 'kind', 'Pieces of due work that failed and are tried again later.'),

  // What is still to be done, the same on every server: take the greatest, not the sum.
  consumerBacklog: gauges('consumer_backlog', 'consumer', 'Events a consumer has not handled, counted up to 10,000.'),
  dueBacklog: gauge('due_work_backlog', 'Pieces of work whose time has come, counted up to 10,000.'),
  setAside: gauges(
    'set_aside',
    'of',
    'Events of consumers and pieces of due work that failed last time: others go on, these are tried again ever more seldom.',
  ),
} as const satisfies Record<string, Declared>;

type Declarations = typeof declared;

/** The instruments of one app, by name in the code. */
export type Metrics = {
  readonly [Name in keyof Declarations]: Instruments[Declarations[Name]['kind']];
} & {
  /** The text Prometheus reads (version 0.0.4), with the metrics of the process. */
  text(): Promise<string>;
};

/** Media type of {@link Metrics.text}. */
export const metricsContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Metrics of one app, in a registry of its own: two apps in one process do not collide. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const ofProcess = processRegistry();
  const instruments = Object.fromEntries(
    Object.entries(declared).map(([key, declaration]) => [key, instrument(declaration, registry)]),
  ) as unknown as { readonly [Name in keyof Declarations]: Instruments[Declarations[Name]['kind']] };
  return {
    ...instruments,
    // A metric is registered under its name, so the two never hold the same one.
    text: async () => `${await registry.metrics()}\n${await ofProcess.metrics()}`,
  };
}

function instrument(declaration: Declared, registry: Registry): Instruments[keyof Instruments] {
  const { kind, name, help, label } = declaration;
  const common = { name, help, registers: [registry], labelNames: label === undefined ? [] : [label] };
  switch (kind) {
    case 'counter':
    case 'counters':
      return kind === 'counter' ? single(common) : labelled(common, label ?? '');
    case 'histogram': {
      const timing = createTiming({ name, help });
      // Not one of its own classes, but all that the registry asks of one: a name and get().
      registry.registerMetric(timing.metric as unknown as Histogram);
      return timing;
    }
    case 'gauge':
    case 'gauges':
      return reading(common, label);
  }
}

interface Common {
  name: string;
  help: string;
  registers: Registry[];
  labelNames: string[];
}

function single(common: Common): Tally {
  const tally: Tally = { value: 0 };
  new Counter({
    ...common,
    collect() {
      this.reset();
      this.inc(tally.value);
    },
  });
  return tally;
}

function labelled(common: Common, label: string): Tallies {
  const tallies = new Map<string, Tally>();
  new Counter({
    ...common,
    collect() {
      this.reset();
      for (const [value, tally] of tallies) this.inc({ [label]: value }, tally.value);
    },
  });
  return {
    of(value) {
      let tally = tallies.get(value);
      if (!tally) {
        tally = { value: 0 };
        tallies.set(value, tally);
      }
      return tally;
    },
  };
}

function reading(common: Common, label: string | undefined): Reading & Readings {
  type Read = () => number | Readonly<Record<string, number>> | Promise<number | Readonly<Record<string, number>>>;
  let read: Read | undefined;
  new Gauge({
    ...common,
    async collect() {
      // Before the answer: a source that fails must not show its last value for ever. prom-client sets a gauge
      // without labels to 0 when it is reset, so it is removed too.
      this.reset();
      if (label === undefined) this.remove();
      try {
        const value = await read?.();
        if (typeof value === 'number') this.set(value);
        else for (const [key, number] of Object.entries(value ?? {})) this.set({ [label ?? '']: key }, number);
      } catch {
        // The database is away, say. The others are still worth reading; readiness tells of it.
      }
    },
  });
  return {
    from(given: Read) {
      read = given;
    },
  };
}

let ofThisProcess: Registry | undefined;

/** `process_*` and `nodejs_*`: about the process, however many apps run in it. They count from the first call on. */
function processRegistry(): Registry {
  if (!ofThisProcess) {
    ofThisProcess = new Registry();
    collectDefaultMetrics({ register: ofThisProcess });
  }
  return ofThisProcess;
}

/** The rows of the table in docs/operations.md. */
export function describeMetrics(): { name: string; kind: string; label: string | undefined; help: string }[] {
  return Object.values(declared).map(({ name, kind, help, ...rest }: Declared) => ({
    name,
    kind: kind.replace(/s$/, ''),
    label: rest.label,
    help,
  }));
}
