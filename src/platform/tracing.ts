import type { Attributes, Context, Tracer } from '@opentelemetry/api';
import type { Config } from './config.ts';

/** A piece of work in a trace. */
export interface Span {
  /** W3C `traceparent` of this span, for what it causes. */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** Ends it; with an error as failed. */
  end(error?: unknown): void;
}

/** Spans of one app. Off unless OTEL_EXPORTER_OTLP_ENDPOINT is set: then nothing is parsed, made or stored. */
export interface Tracing extends AsyncDisposable {
  /** Ask before making attributes in a loop. */
  readonly enabled: boolean;
  /** The `traceparent` a client sent; undefined when it is none, or tracing is off. */
  parent(value: unknown): string | undefined;
  /**
   * Begins a span, as a child of `parent` (a `traceparent`) or of none. Undefined when tracing is off. A span that
   * its parent or OTEL_TRACES_SAMPLER_ARG leaves out is one too, so that its children are left out as well.
   */
  start(name: string, parts: { parent?: string | null | undefined; attributes?: Attributes }): Span | undefined;
}

const scope = 'belfry';
/** A collector that is away for longer costs spans: 2,048 wait at most. */
const sendingLimitMs = 3_000;

const off: Tracing = {
  enabled: false,
  parent: () => undefined,
  start: () => undefined,
  async [Symbol.asyncDispose]() {},
};

/** Spans through OTLP over HTTP. A provider of its own, not the global one: two apps in one process do not mix. */
export async function createTracing(
  config: Pick<Config, 'otlpEndpoint' | 'serviceName' | 'traceRatio'>,
  instanceId: string,
): Promise<Tracing> {
  const { otlpEndpoint, serviceName, traceRatio } = config;
  if (otlpEndpoint === undefined) return off;
  // Loaded when wanted: most servers never need them.
  const [api, { parseTraceParent }, sdk, { resourceFromAttributes }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const exporter = new OTLPTraceExporter({
    url: `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: sendingLimitMs,
  });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': instanceId }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(traceRatio) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, exportTimeoutMillis: sendingLimitMs })],
  });
  const tracer: Tracer = provider.getTracer(scope);

  function contextOf(parent: string | null | undefined): Context {
    const spanContext = parent ? parseTraceParent(parent) : null;
    return spanContext
      ? api.trace.setSpanContext(api.ROOT_CONTEXT, { ...spanContext, isRemote: true })
      : api.ROOT_CONTEXT;
  }

  return {
    enabled: true,
    parent: (value) => (typeof value === 'string' && parseTraceParent(value) ? value : undefined),
    start(name, { parent, attributes = {} }) {
      const span = tracer.startSpan(name, { attributes }, contextOf(parent));
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
        set: (more) => void span.setAttributes(more),
        end(error) {
          if (error !== undefined) {
            span.setStatus({ code: api.SpanStatusCode.ERROR });
            span.recordException(error instanceof Error ? error : String(error));
          }
          span.end();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      // Sends what waits. A collector that is away must not hold the end of the server.
      await provider.shutdown().catch(() => undefined);
    },
  };
}
