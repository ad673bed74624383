import type { TestServers } from './index.js';
import { type ProvideOptions, provide, type TestHooks } from './provide.js';

export type { TestServers } from './index.js';
export type { ProvideOptions } from './provide.js';

/**
 * The preset for Jest, and for whatever else has its global hooks: starts both servers before the tests of a file, takes them
 * back to the seeded state before each test, and stops them after the last. What it gives can be used from within hooks and
 * tests.
 *
 * @example
 * ```ts
 * const servers = provideTestServers({
 *   seed: ({ client }) => client.query(q.CreateCollection({ name: 'users' })),
 * });
 * ```
 */
export function provideTestServers(options: ProvideOptions = {}): TestServers {
  return provide(globalThis as unknown as TestHooks, options);
}
