import type { FaunadbSessionOptions } from '../backend/options.js';
import type { FaunaClient } from '../fauna/base/types.js';
import { type DriverName, driverOf } from '../fauna/open-client.js';

/** The client of an application's options, for a tenant. */
export async function clientOfOptions(
  options: object | undefined,
  tenantId = 'public',
): Promise<FaunaClient | undefined> {
  const { faunaDBClient } = (options ?? {}) as Partial<FaunadbSessionOptions>;
  if (typeof faunaDBClient !== 'function') return faunaDBClient;
  return faunaDBClient({ userId: 'doctor', recipeUserId: 'doctor', tenantId });
}

/** The driver of that client; undefined if the options have no client. */
export async function driverOfOptions(options: object | undefined, tenantId?: string): Promise<DriverName | undefined> {
  const client = await clientOfOptions(options, tenantId);
  return client && driverOf(client);
}
