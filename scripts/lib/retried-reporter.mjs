/** A reporter of vitest that lists the tests that passed only when they were retried, so that nobody overlooks them. */
export default class RetriedReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const retried = modules.flatMap((module) =>
      [...module.children.allTests()].filter((test) => test.diagnostic()?.flaky),
    );
    if (retried.length === 0) return;
    console.log(`\n${retried.length} passed only when retried:`);
    for (const test of retried) console.log(`  ${test.module.relativeModuleId}: ${test.fullName}`);
  }
}
