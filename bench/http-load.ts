// A process that sends commands over HTTP and tells how long each took.
import { Agent, request } from 'node:http';
import { answerCalls, measuring, nowMs } from './support/ipc.ts';

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly token: string;
  /** Each is sent in turn; `{nth}` in `variables` becomes the number of the request. */
  readonly query: string;
  readonly variables: readonly string[];
  readonly seconds: number;
  /** Requests on the way at once; with `perSecond` the most there may be. */
  readonly atOnce: number;
  /** Sent at this pace, whether answers have come or not. Absent: as fast as they are answered. */
  readonly perSecond?: number;
  /** The number of the first request. */
  readonly from: number;
}

export interface Loaded {
  readonly answered: number;
  readonly failed: number;
  readonly elapsedMs: number;
  /** Of each answered request. */
  readonly tookMs: Float64Array;
  /** When each was sent, by its number from `from` on. */
  readonly sentAt: Float64Array;
  readonly firstError: string;
}

answerCalls({
  ...measuring,
  async load(load: Load): Promise<Loaded> {
    const agent = new Agent({ keepAlive: true, maxSockets: load.atOnce });
    const took: number[] = [];
    const sentAt: number[] = [];
    let [answered, failed, sent, firstError] = [0, 0, 0, ''];
    const startMs = nowMs();
    const endMs = startMs + 1_000 * load.seconds;

    async function one(): Promise<void> {
      const nth = sent++;
      const sentMs = nowMs();
      sentAt[nth] = sentMs;
      try {
        const text = await post(agent, load, nth);
        if (text.includes('"errors"')) throw new Error(text.slice(0, 500));
        answered++;
        took.push(nowMs() - sentMs);
      } catch (error) {
        failed++;
        firstError ||= String(error);
      }
    }

    if (load.perSecond === undefined) {
      const lane = async (): Promise<void> => {
        while (nowMs() < endMs) await one();
      };
      await Promise.all(Array.from({ length: load.atOnce }, lane));
    } else {
      const running = new Set<Promise<void>>();
      while (nowMs() < endMs) {
        const due = Math.floor(((nowMs() - startMs) * load.perSecond) / 1_000) + 1;
        while (sent < due && running.size < load.atOnce) {
          const request = one();
          running.add(request);
          void request.finally(() => running.delete(request));
        }
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await Promise.all(running);
    }
    agent.destroy();
    return {
      answered,
      failed,
      elapsedMs: nowMs() - startMs,
      tookMs: Float64Array.from(took),
      sentAt: Float64Array.from(sentAt),
      firstError,
    };
  },
});

function post(agent: Agent, { port, path, token, query, variables, from }: Load, nth: number): Promise<string> {
  const number = String(from + nth).padStart(6, '0');
  const chosen = (variables[nth % variables.length] as string).replaceAll('{nth}', number);
  const body = `{"query":${JSON.stringify(query)},"variables":${chosen}}`;
  return new Promise((resolve, reject) => {
    const sending = request(
      {
        agent,
        port,
        path,
        host: '127.0.0.1',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          authorization: `Bearer ${token}`,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
        response.on('error', reject);
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}
