import type { DefaultFaunaClient, FaunaClient } from '../../fauna/base/types.js';
import { startTestServers, type TestServers, type TestServersOptions } from './index.js';

/** The hooks of a test runner that {@link provide} uses. */
export interface TestHooks {
  readonly beforeAll: (hook: () => Promise<void>) => unknown;
  readonly beforeEach: (hook: () => void) => unknown;
  readonly afterAll: (hook: () => Promise<void>) => unknown;
}

/** The options of the presets for test runners. */
export interface ProvideOptions<C extends FaunaClient = DefaultFaunaClient> extends TestServersOptions {
  /** Fills the servers, once per test file. */
  readonly seed?: (servers: TestServers<C>) => Promise<unknown>;
}

/** Starts the servers before the tests of a file, resets them before each, and stops them after the last. */
export function provide<C extends FaunaClient>(
  hooks: TestHooks,
  { seed, ...options }: ProvideOptions<C>,
): TestServers<C> {
  const servers = {} as TestServers<C>;
  hooks.beforeAll(async () => {
    // The test file already holds this object: fill it in.
    Object.assign(servers, await startTestServers<C>(options));
    if (seed !== undefined) await servers.seed(seed);
  });
  hooks.beforeEach(() => servers.reset());
  hooks.afterAll(() => servers.stop());
  return servers;
}
