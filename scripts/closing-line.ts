import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * A vitest reporter that ends the run with `N passed, N failed`, and `, N skipped` where there are any.
 * A file that could not be loaded and an error outside of every test count as one failure each. Tests that passed only
 * when they were tried once more (CI) are named before: each is a bug of today.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<SerializedError>): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const flaky: string[] = [];
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // Pending at the end of the run: it was interrupted.
        count[state === 'pending' ? 'failed' : state]++;
        if (test.diagnostic()?.flaky) flaky.push(`${module.relativeModuleId} > ${test.fullName}`);
      }
    }
    const skipped = count.skipped ? `, ${count.skipped} skipped` : '';
    // Later than the summary, which vitest's own reporter prints on the same occasion.
    process.once('exit', () => {
      for (const name of flaky) console.log(`flaky, passed at the second try: ${name}`);
      console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
    });
  }
}
