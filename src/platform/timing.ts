/** A histogram of milliseconds that is kept in plain numbers. */
export interface Timing {
  /** Counts `ms` (below 0, of clocks that differ: 0) `times` times: once for each of many deliveries of one write. */
  observe(ms: number, times?: number): void;
}

/** What a registry of prom-client asks of a metric. */
interface RegisteredMetric {
  readonly name: string;
  get(): Promise<{
    readonly name: string;
    readonly help: string;
    readonly type: 'histogram';
    readonly values: readonly {
      readonly metricName: string;
      readonly labels: Readonly<Record<string, string | number>>;
      readonly value: number;
    }[];
  }>;
  reset(): void;
}

// From well inside one machine to where a person notices, and on to the seconds of a reconnection.
const upperBounds = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/**
 * prom-client's own histogram cannot count one value many times, and takes 82 ns for each against 6 (Node 24, 2026-11-20):
 * 0.8 ms of a fan-out to 10,000. This one adds to an array.
 */
export function createTiming({ name, help }: { name: string; help: string }): Timing & {
  readonly metric: RegisteredMetric;
} {
  const counts = new Float64Array(upperBounds.length + 1);
  let sum = 0;
  return {
    observe(ms, times = 1) {
      const value = ms > 0 ? ms : 0;
      let bucket = 0;
      while (bucket < upperBounds.length && value > (upperBounds[bucket] ?? 0)) bucket++;
      counts[bucket] = (counts[bucket] ?? 0) + times;
      sum += value * times;
    },
    metric: {
      name,
      async get() {
        let total = 0;
        const buckets = [...upperBounds, '+Inf' as const].map((le, index) => {
          total += counts[index] ?? 0;
          return { metricName: `${name}_bucket`, labels: { le }, value: total };
        });
        const values = [
          ...buckets,
          { metricName: `${name}_sum`, labels: {}, value: sum },
          { metricName: `${name}_count`, labels: {}, value: total },
        ];
        return { name, help, type: 'histogram', values };
      },
      reset() {
        counts.fill(0);
        sum = 0;
      },
    },
  };
}
