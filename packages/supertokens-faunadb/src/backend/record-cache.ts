import type { TokenRecord } from './token-record.js';

interface Entry {
  readonly accessToken: string;
  readonly record: TokenRecord;
  /** When the access token expires, in milliseconds since the epoch. */
  readonly expiry: number;
}

/** How many sessions to remember. */
const CAPACITY = 10_000;

/**
 * The records that this process has read from the Core. A record is valid only for the access token that it was read with: a
 * refresh in any process, or a change of the payload, creates another access token.
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
    // The first key is the oldest: a map keeps insertion order.
    if (this.#entries.size > CAPACITY) this.#entries.delete(this.#entries.keys().next().value as string);
  }

  /** Removes the record of a session. */
  delete(handle: string): void {
    this.#entries.delete(handle);
  }
}

/** The signature identifies an access token, and is useless without the rest. */
function signatureOf(accessToken: string): string {
  return accessToken.slice(accessToken.lastIndexOf('.') + 1);
}
