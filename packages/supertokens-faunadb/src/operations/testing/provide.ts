import { startTestServers, type TestServers, type TestServersOptions } from './index.js';

/** What {@link provide} needs of a test runner. */
export interface TestHooks {
  readonly beforeAll: (hook: () => Promise<void>) => unknown;
  readonly beforeEach: (hook: () => void) => unknown;
  readonly afterAll: (hook: () => Promise<void>) => unknown;
}

/** What the presets for test runners take. */
export interface ProvideOptions extends TestServersOptions {
  /** Fills the servers, once for a test file. */
  readonly seed?: (servers: TestServers) => Promise<unknown>;
}

/** Starts the servers before the tests of a file, resets them before each, and stops them after the last. */
export function provide(hooks: TestHooks, { seed, ...options }: ProvideOptions): TestServers {
  const servers = {} as TestServers;
  hooks.beforeAll(async () => {
    // The object that the file holds already becomes the servers.
    Object.assign(servers, await startTestServers(options));
    if (seed !== undefined) await servers.seed(seed);
  });
  hooks.beforeEach(() => servers.reset());
  hooks.afterAll(() => servers.stop());
  return servers;
}
