import type { DefaultFaunaClient, FaunaClient } from '../../fauna/base/types.js';
import type { TestServers } from './index.js';
import { type ProvideOptions, provide, type TestHooks } from './provide.js';

export type { TestServers } from './index.js';
export type { ProvideOptions } from './provide.js';

/**
 * The preset for Jest, and for any runner with the same global hooks. It starts both servers before the tests of a file,
 * restores the seeded state before each test, and stops the servers after the last test. Use the returned object only
 * inside hooks and tests.
 *
 * @example
 * ```ts
 * const servers = provideTestServers({
 *   seed: ({ client }) => client.query(q.CreateCollection({ name: 'users' })),
 * });
 * ```
 */
export function provideTestServers<C extends FaunaClient = DefaultFaunaClient>(
  options: ProvideOptions<C> = {},
): TestServers<C> {
  return provide(globalThis as unknown as TestHooks, options);
}
