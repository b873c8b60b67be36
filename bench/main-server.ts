// `src/main.ts` itself in a process of the bench, at a port that is given, so that a signal does to it what it always does.
import { answerCalls, measuring } from './support/ipc.ts';

answerCalls({
  ...measuring,
  /** None before `start`. */
  port: () => 0,
  /** Resolves when it is ready for clients, the one that asks rejects when it never was. */
  async start(port: number): Promise<void> {
    Object.assign(process.env, { NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'error' });
    // The bench's own handler would end the process before its clients are told.
    process.removeAllListeners('SIGTERM');
    await import('../src/main.ts');
    const endMs = performance.now() + 30_000;
    while (!(await isReady(port))) {
      if (performance.now() > endMs) throw new Error('not ready within 30 s');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
  /** Never answers: rejects with how the process has ended. */
  ended: () => new Promise(() => undefined),
});

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}
