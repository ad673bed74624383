import { defineConfig } from 'vitest/config';
import { findBrowser } from './scripts/browser.mjs';

// Tests run on the sources of the workspace's packages (their export condition "source"), so that none is stale.
export default defineConfig({
  resolve: { conditions: ['source', 'module', 'node'] },
  ssr: { resolve: { conditions: ['source', 'module', 'node'] } },
  test: {
    include: ['{packages,apps,benchmarks,torture}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/compiled/**'],
    env: { CHROME_PATH: findBrowser() ?? '' },
    // Many tests wait for servers, browsers and clocks: one worker would leave a processor idle.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
