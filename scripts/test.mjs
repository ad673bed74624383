import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { main, messageOf } from './lib/main.mjs';
import { artefactsFolder, root } from './lib/repository.mjs';
import { runInstalled, runNpm } from './lib/run.mjs';

// Runs everything; the checks that find mistakes soonest come first. Arguments go to vitest: `npm test -- packages/store`.
await main(async () => {
  await ensureDependencies();
  const { ensureBrowser } = await import('./browser.mjs'); // needs what was just installed
  process.env.CHROME_PATH = await ensureBrowser();
  const checks = [
    await check('lint', () => runNpm(['run', 'lint', '--silent'])),
    await check('build', build),
    await check('typecheck of the tests', () =>
      runInstalled('typescript/bin/tsc', ['--project', 'tsconfig.test.json']),
    ),
    await check('typecheck of the scripts', () =>
      runInstalled('typescript/bin/tsc', ['--project', 'tsconfig.scripts.json']),
    ),
    await check('documentation of the public interface', () =>
      runInstalled('typedoc/bin/typedoc', ['--out', join(artefactsFolder, 'api')]),
    ),
  ];
  const tests = await runTests(process.argv.slice(2));
  const failedChecks = checks.filter(({ passed }) => !passed);
  for (const { name } of failedChecks) console.error(`Failed: ${name}.`);

  const passed = tests.passed + checks.length - failedChecks.length;
  const failed = tests.failed + failedChecks.length;
  console.log(`\n${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`);
  process.exitCode = failed > 0 ? 1 : 0;
});

/**
 * @param {string} name
 * @param {() => Promise<number | void>} body resolves to the exit code of a program, if it runs one
 */
async function check(name, body) {
  console.log(`\n— ${name}`);
  try {
    return { name, passed: ((await body()) ?? 0) === 0 };
  } catch (error) {
    console.error(messageOf(error));
    return { name, passed: false };
  }
}

/**
 * Runs vitest and counts results from its report. A file that failed to load counts as a failure too.
 *
 * @param {readonly string[]} args for vitest
 */
async function runTests(args) {
  console.log('\n— tests');
  mkdirSync(artefactsFolder, { recursive: true });
  const report = join(artefactsFolder, 'tests.json');
  rmSync(report, { force: true });
  const retried = join(root, 'scripts/lib/retried-reporter.mjs');
  const reporters = ['--reporter=default', `--reporter=${retried}`, '--reporter=json', `--outputFile.json=${report}`];
  const exitCode = await runInstalled('vitest/vitest.mjs', ['run', ...reporters, ...args]);
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };

  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const unloadable = testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ { status, assertionResults }) =>
      status === 'failed' && assertionResults.length === 0,
  );
  const failed = numFailedTests + unloadable.length;
  return {
    passed: numPassedTests,
    // An error outside any test fails the run even if every test passed.
    failed: exitCode === 0 ? failed : Math.max(failed, 1),
    skipped: numPendingTests + numTodoTests,
  };
}
