import type { FaunaClient } from './base/types.js';
import { isFql10Client } from './languages.js';

/** The drivers: `faunadb` speaks FQL v4, `fauna` FQL v10. */
export type DriverName = 'faunadb' | 'fauna';

/** Which driver a client is of. */
export function driverOf(client: FaunaClient): DriverName {
  return isFql10Client(client) ? 'fauna' : 'faunadb';
}

/**
 * Creates a client.
 *
 * @param driver Default: the installed one; `faunadb` where both are installed.
 * @throws {Error} if the driver is not installed.
 */
export async function openClient(endpoint: string, secret: string, driver?: DriverName): Promise<FaunaClient> {
  if (driver === 'faunadb') return openFql4(endpoint, secret);
  if (driver === 'fauna') return openFql10(endpoint, secret);
  return openFql4(endpoint, secret).catch((error) => {
    if (!isMissing(error)) throw error;
    return openFql10(endpoint, secret).catch((other) => {
      throw isMissing(other) ? new Error('Install a driver of FaunaDB: faunadb (FQL v4) or fauna (FQL v10).') : other;
    });
  });
}

async function openFql4(endpoint: string, secret: string): Promise<FaunaClient> {
  const { default: faunadb } = await import('faunadb');
  return new faunadb.Client({ endpoint, secret });
}

async function openFql10(endpoint: string, secret: string): Promise<FaunaClient> {
  const { Client } = await import('fauna');
  return new Client({ endpoint: new URL(endpoint), secret });
}

function isMissing(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
