import type { Someone } from '../options.ts';
import { createStore } from '../store.ts';
import { scenarios } from './all.ts';
import { chooseCast } from './cast.ts';
import { type Outcome, play, sentenceOf } from './runner.ts';
import { openStage, type Scenario } from './stage.ts';

/** What the page shows of the scenarios. */
export interface Playing {
  readonly outcomes: ReadonlyMap<Scenario, Outcome>;
  /** undefined: nothing is being played. */
  readonly stop: AbortController | undefined;
  /** What became of those that were played last; empty: nothing was, or they are being played. */
  readonly said: string;
}

export const playing = createStore<Playing>({ outcomes: new Map(), stop: undefined, said: '' });

/** Plays them one after the other, unless some are being played. `shown`: externalIds of who is on the page. */
export async function start(
  ones: readonly Scenario[],
  people: readonly Someone[],
  shown: readonly string[],
): Promise<void> {
  if (playing.value.stop) return;
  const stop = new AbortController();
  playing.set(({ outcomes }) => ({ outcomes, stop, said: '' }));
  let said = '';
  try {
    const cast = await chooseCast(people, shown);
    const summary = await play(ones, {
      open: (one, signal) => openStage(cast, one.name, scenarios.indexOf(one), signal),
      onOutcome: (one, outcome) =>
        playing.set((before) => ({ ...before, outcomes: new Map(before.outcomes).set(one, outcome) })),
      stop: stop.signal,
    });
    said = sentenceOf(summary);
  } catch (error) {
    said = `Nothing could be played: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    playing.set(({ outcomes }) => ({ outcomes, stop: undefined, said }));
  }
}
