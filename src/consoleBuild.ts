import type { Log } from './platform/log.ts';
import type { StaticFile } from './platform/staticFile.ts';

/** The built files, by the paths the page asks for them. */
export type BuiltFiles = ReadonlyMap<string, StaticFile>;

/** A build that failed, and when the next one is tried. */
export interface FailedBuild {
  readonly error: Error;
  readonly retryInMs: number;
}

/** The console's files, made when they are asked for the first time. */
export interface ConsoleBuild extends AsyncDisposable {
  /** Never rejects. */
  files(): Promise<BuiltFiles | FailedBuild>;
  /** What has been built; undefined: nothing yet. */
  readonly built: BuiltFiles | undefined;
}

/**
 * Builds once. After a failure the next who asks gets the same one, until the sources have changed or `retryMs` have passed:
 * a build that cannot succeed is not begun with every request. Disposing it ends a build that is under way.
 */
export function createConsoleBuild(parts: {
  make: (version: string, signal: AbortSignal) => Promise<BuiltFiles>;
  /** Changes with everything that is built from. */
  version: () => Promise<string>;
  retryMs: number;
  /** Whether sources may change while the server runs; otherwise they are not looked at again. */
  watches: boolean;
  log: Log;
  /** Milliseconds of a clock that only goes on. */
  nowMs?: () => number;
}): ConsoleBuild {
  const { make, version, retryMs, watches, log, nowMs = () => performance.now() } = parts;
  const ending = new AbortController();
  let building: Promise<BuiltFiles | FailedBuild> | undefined;
  let built: BuiltFiles | undefined;
  let failed: { error: Error; atMs: number; version: string | undefined } | undefined;

  async function build(): Promise<BuiltFiles | FailedBuild> {
    let from: string | undefined;
    try {
      from = await version();
      built = await make(from, ending.signal);
      return built;
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      if (!ending.signal.aborted) log.error({ err: error }, 'console.build-failed');
      failed = { error, atMs: nowMs(), version: from };
      return { error, retryInMs: retryMs };
    }
  }

  async function isChanged(): Promise<boolean> {
    return watches && (await version().catch(() => undefined)) !== failed?.version;
  }

  return {
    get built() {
      return built;
    },
    async files() {
      if (built) return built;
      if (failed && !building) {
        const { error, atMs } = failed;
        const retryInMs = atMs + retryMs - nowMs();
        if (ending.signal.aborted || (retryInMs > 0 && !(await isChanged()))) return { error, retryInMs };
      }
      // Another request may have begun it while the sources were looked at.
      building ??= build().finally(() => {
        building = undefined;
      });
      return building;
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await building;
    },
  };
}
