import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { DefaultFaunaClient, FaunaClient } from '../../fauna/base/types.js';
import type { TestServers } from './index.js';
import { type ProvideOptions, provide } from './provide.js';

export type { TestServers } from './index.js';
export type { ProvideOptions } from './provide.js';

/**
 * The preset for Vitest. It starts both servers before the tests of a file, restores the seeded state before each test,
 * and stops the servers after the last test. Use the returned object only inside hooks and tests.
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
  return provide({ beforeAll, beforeEach: (hook) => beforeEach(async () => hook()), afterAll }, options);
}
