import type { Finding } from '../support/report.ts';

/** What the command line may say. Absent: the question's own measure. */
export interface Options {
  /** How many subscribers; a list where the question asks for several sizes. */
  readonly subscribers?: readonly number[];
  readonly rounds?: number;
  readonly seconds?: number;
  /** Only these servers; the first is the one the others are compared with. */
  readonly servers?: readonly string[];
}

export interface Question {
  /** One line for the usage text. */
  readonly asks: string;
  run(options: Options): Promise<Finding>;
}

export function listOf(given: readonly number[] | undefined, usual: readonly number[]): readonly number[] {
  return given && given.length > 0 ? given : usual;
}

export function oneOf(given: readonly number[] | undefined, usual: number): number {
  return given?.[0] ?? usual;
}
