import { writeFileSync } from 'node:fs';

/** A vitest reporter that writes { passed, failed, skipped } to the file named in COUNTS_FILE. Whatever went wrong outside of a test (a file that does not load, a hook, a stray rejection) is a failure of its own: its tests are then only "skipped". */
export default class CountReporter {
  onTestRunEnd(testModules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const testModule of testModules) {
      counts.failed += testModule.errors().length > 0 ? 1 : 0;
      for (const suite of testModule.children.allSuites()) counts.failed += suite.errors().length > 0 ? 1 : 0;
      for (const test of testModule.children.allTests()) {
        const { state } = test.result();
        counts[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1;
      }
    }
    writeFileSync(process.env.COUNTS_FILE, JSON.stringify(counts));
  }
}
