import { defineConfig } from 'vitest/config';
import { findBrowser } from './scripts/browser.mjs';

/** Earlier major versions of supertokens-node that the integration supports, each under the name of its development dependency. */
const EARLIER_SDKS = ['supertokens-node-22', 'supertokens-node-23'];

/** The tests of the integration that also run on these: everything that calls the SDK while a session lives. */
const TESTS_OF_SDK = ['events', 'kept-tokens', 'old-sessions', 'options', 'requests', 'stale-requests'];

/** The same for those that have plugins. */
const TESTS_OF_PLUGINS = ['other-recipes'];

// Tests run on the sources of the workspace's packages (their export condition "source"), so that none is stale.
export default defineConfig({
  resolve: { conditions: ['source', 'module', 'node'] },
  ssr: { resolve: { conditions: ['source', 'module', 'node'] } },
  test: {
    exclude: ['**/node_modules/**', '**/dist/**', '**/compiled/**'],
    env: { CHROME_PATH: findBrowser() ?? '' },
    // Many tests wait for servers, browsers and clocks: one worker would leave a processor idle.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A shared machine may stop a server for longer than a test's deadline. `npm test` lists the tests that needed this.
    retry: process.env.CI ? 1 : 0,
    projects: [
      // Not above: projects add to the files of what they extend.
      { extends: true, test: { name: 'all', include: ['{packages,apps,benchmarks,torture}/**/*.test.ts'] } },
      ...EARLIER_SDKS.map((name) => ({
        extends: true as const,
        resolve: { alias: [{ find: /^supertokens-node(?=\/|$)/, replacement: name }] },
        test: {
          name,
          include: [...TESTS_OF_SDK, ...(name === 'supertokens-node-22' ? [] : TESTS_OF_PLUGINS)].map(
            (file) => `packages/supertokens-faunadb/test/${file}.test.ts`,
          ),
          env: { SUPERTOKENS_NODE: name },
        },
      })),
    ],
  },
});
