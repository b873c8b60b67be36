// Things that happen on one server while another stands at one of its steps, as a property test draws them.
import type { TestApp } from './app.ts';
import type { OnStep } from './gates.ts';
import type { TestSocket } from './socket.ts';

/** What happens, so many steps of the server under test after the happening before. */
export interface Happening {
  readonly after: number;
  readonly what: readonly string[];
}

/** Does everything, each thing while the server stands before one of its steps, or when it takes none. */
export async function interleave(
  happenings: readonly Happening[],
  parts: {
    actions: Readonly<Record<string, () => Promise<unknown>>>;
    watch: (onStep: OnStep) => Disposable;
    /** Resolves when the server takes no more steps. */
    settled: () => Promise<void>;
  },
): Promise<void> {
  const queue = [...happenings];
  let doing = Promise.resolve();
  let steps = 0;
  const next = (): Promise<void> => {
    steps = 0;
    for (const what of queue.shift()?.what ?? []) doing = doing.then(async () => void (await parts.actions[what]?.()));
    return doing;
  };
  const onStep: OnStep = () => {
    const [first] = queue;
    if (first && steps++ >= first.after) return next();
    return undefined;
  };
  using _steps = parts.watch(onStep);
  while (queue.length > 0) {
    await next();
    await parts.settled();
  }
  await doing;
}

/** Waits until nothing more arrives while the server answers a question and its log another. */
export async function quiet(app: TestApp, socket: TestSocket, arriving: RegExp): Promise<void> {
  const arrived = () => socket.frames.filter((frame) => arriving.test(frame)).length;
  for (let before = -1; before !== arrived(); ) {
    before = arrived();
    await (await socket.subscribe('{ ping { timestamp } }')).completed();
    await app.services.database.query('SELECT 1');
  }
}
