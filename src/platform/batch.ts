/** So many questions share a statement at most; more would keep a connection busy for long. */
const batchSize = 500;

/**
 * Gathers the questions of one turn of the loop: when a server dies, thousands of clients ask the same of another at
 * once. `ask` answers them in order; where it fails, it fails for all who share it.
 */
export function batched<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  let waiting: { question: Question; answer: (answer: Promise<Answer>) => void }[] = [];

  function flush(): void {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += batchSize) {
      const batch = all.slice(from, from + batchSize);
      const answers = ask(batch.map(({ question }) => question));
      for (const [index, { answer }] of batch.entries()) answer(answers.then((found) => found[index] as Answer));
    }
  }

  return (question) =>
    new Promise((resolve) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ question, answer: resolve });
    });
}
