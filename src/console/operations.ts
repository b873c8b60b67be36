import { createStore } from './store.ts';

/** A query or mutation somebody sent by doing something. */
export interface SentOperation {
  readonly id: number;
  readonly by: string;
  readonly at: Date;
  readonly document: string;
  readonly variables: unknown;
  /** undefined: not answered yet. */
  readonly tookMs?: number;
  /** Code and sentence of the error it was answered with; undefined: none. */
  readonly error?: string | undefined;
}

const kept = 50;
let sent = 0;

/** The newest first. */
export const operations = createStore<readonly SentOperation[]>([]);

/** Notes that an operation is sent. Returns what to call with its answer. */
export function noteOperation(by: string, document: string, variables: unknown): (error?: string) => void {
  const id = ++sent;
  const at = new Date();
  const startedMs = performance.now();
  operations.set((before) => [{ id, by, at, document: tidy(document), variables }, ...before].slice(0, kept));
  return (error) => {
    const tookMs = performance.now() - startedMs;
    operations.set((before) => before.map((one) => (one.id === id ? { ...one, tookMs, error } : one)));
  };
}

/** Without the indentation it has in our sources. */
function tidy(document: string): string {
  const lines = document.split('\n').filter((line) => line.trim());
  const indent = Math.min(...lines.slice(lines[0]?.startsWith(' ') ? 0 : 1).map((line) => line.search(/\S/)));
  return lines.map((line) => (line.startsWith(' ') ? line.slice(indent) : line)).join('\n');
}
