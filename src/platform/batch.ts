/** So many questions share a statement at most; more would keep a connection busy for long. */
const batchSize = 500;
/**
 * So many statements of a kind are on their way at once; whoever asks meanwhile shares the next one. Under load the
 * statements grow instead of their number: of 1,000 clients that came back at once, each query of its own cost the
 * server 0.15 ms in `writev` alone (bench reconnect, 2026-11-25). The second one keeps a slow answer from holding up
 * everybody.
 */
const usualAtOnce = 2;

/**
 * Gathers the questions of one turn of the loop: when a server dies, thousands of clients ask the same of another at
 * once. `ask` answers them in order; where it fails, it fails for all who share it. A question is only ever part of
 * a statement that begins after it. No statement has more questions than `most`. With `atOnce` 1 the batches happen one
 * after the other, in the order asked.
 */
export function batched<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  { atOnce = usualAtOnce, most = batchSize } = {},
): (question: Question) => Promise<Answer> {
  let waiting: { question: Question; answer: (answer: Promise<Answer>) => void }[] = [];
  let planned = false;
  let running = 0;

  function plan(): void {
    if (planned || waiting.length === 0 || running >= atOnce) return;
    planned = true;
    setImmediate(flush);
  }

  function flush(): void {
    planned = false;
    while (waiting.length > 0 && running < atOnce) {
      const batch = waiting.slice(0, most);
      waiting = waiting.slice(most);
      running++;
      const answers = ask(batch.map(({ question }) => question));
      for (const [index, { answer }] of batch.entries()) answer(answers.then((found) => found[index] as Answer));
      answers.then(over, over);
    }
  }

  function over(): void {
    running--;
    plan();
  }

  return (question) =>
    new Promise((resolve) => {
      waiting.push({ question, answer: resolve });
      plan();
    });
}
