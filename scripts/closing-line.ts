import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * A vitest reporter that ends the run with `N passed, N failed`, and `, N skipped` where there are any.
 * A file that could not be loaded and an error outside of every test count as one failure each.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<SerializedError>): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // Pending at the end of the run: it was interrupted.
        count[state === 'pending' ? 'failed' : state]++;
      }
    }
    const skipped = count.skipped ? `, ${count.skipped} skipped` : '';
    // Later than the summary, which vitest's own reporter prints on the same occasion.
    process.once('exit', () => {
      console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
    });
  }
}
