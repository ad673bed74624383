import type { TokenRecord } from './token-record.js';

interface Entry {
  readonly accessToken: string;
  readonly record: TokenRecord;
  /** When the access token runs out, in milliseconds since the epoch. */
  readonly expiry: number;
}

/** How many sessions to remember. */
const CAPACITY = 10_000;

/**
 * The records that this process has read in the Core, each for as long as a request brings the access token that it was read
 * with. A refresh anywhere makes another access token, and so do the changes of a payload.
 */
export class RecordCache {
  readonly #entries = new Map<string, Entry>();

  get(handle: string, accessToken: string): TokenRecord | undefined {
    const entry = this.#entries.get(handle);
    if (entry === undefined || entry.accessToken !== signatureOf(accessToken)) return undefined;
    return Date.now() < entry.expiry ? entry.record : undefined;
  }

  set(handle: string, accessToken: string, record: TokenRecord, expiry: number): void {
    this.#entries.delete(handle);
    this.#entries.set(handle, { accessToken: signatureOf(accessToken), record, expiry });
    // A map keeps the order of insertion.
    if (this.#entries.size > CAPACITY) this.#entries.delete(this.#entries.keys().next().value as string);
  }

  /** Forgets a session that has ended. */
  delete(handle: string): void {
    this.#entries.delete(handle);
  }
}

/** It tells access tokens apart, and is worth nothing without the rest. */
function signatureOf(accessToken: string): string {
  return accessToken.slice(accessToken.lastIndexOf('.') + 1);
}
