import type { Language } from './base/language.js';
import type { FaunaClient, Fql10Client } from './base/types.js';

/** Whether a client is one of the driver `fauna`, for FQL v10. Compares no classes: that driver may not be installed. */
export function isFql10Client(client: FaunaClient): client is Fql10Client {
  return 'clientConfiguration' in client;
}

/** Whether a value looks like a client of either driver. */
export function isFaunaClient(value: unknown): value is FaunaClient {
  return typeof value === 'object' && value !== null && 'query' in value && typeof value.query === 'function';
}

/** The language that a client speaks. The other language's driver is not loaded. */
export async function languageOf(client: FaunaClient): Promise<Language> {
  return isFql10Client(client) ? fql10() : fql4();
}

async function fql4(): Promise<Language> {
  const { fql4 } = await import('./fql4/fql4.js');
  return fql4;
}

async function fql10(): Promise<Language> {
  const { fql10 } = await import('./fql10/fql10.js');
  return fql10;
}
