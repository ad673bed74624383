import type { Reader } from '@supertokens-faunadb/store';
import type { LambdaReader } from './base/databases.js';
import { lastTime } from './base/keyspace.js';
import { SchemaCache } from './schema/cache.js';

const EPOCH_MS = Date.UTC(2012, 4, 1);
/** Of more databases than this, the schema that was read longest ago is forgotten. */
const MAX_CACHES = 10_000;

/** What outlives a query: the schema read so far, the clock, and the source of new ids. One for each store. */
export class Model {
  readonly lambda: LambdaReader;
  readonly #caches = new Map<number, SchemaCache>();
  #lastTime: bigint | undefined;
  #lastId = 0n;

  constructor(options: { readonly lambda: LambdaReader }) {
    this.lambda = options.lambda;
  }

  /** The time of a transaction that begins now, in µs: later than that of every one before, also across restarts. */
  nextTime(reader: Reader): bigint {
    this.#lastTime ??= lastTime(reader);
    const now = BigInt(Date.now()) * 1000n;
    this.#lastTime = now > this.#lastTime ? now : this.#lastTime + 1n;
    return this.#lastTime;
  }

  /** A new document id: 18 digits, larger than every one before, also across restarts as long as the clock is not set back. */
  nextId(): bigint {
    const id = BigInt(Date.now() - EPOCH_MS) << 20n;
    this.#lastId = id > this.#lastId ? id : this.#lastId + 1n;
    return this.#lastId;
  }

  /**
   * Forgets what was read: the disk has refused some of it. What counts up goes on from where it is, for a time or an
   * id that was given once is not given again.
   */
  forget(): void {
    this.#caches.clear();
  }

  /** What is known of a database's committed schema, as of its `version`. */
  schemaCache(scope: number, version: bigint): SchemaCache {
    const cached = this.#caches.get(scope);
    if (cached?.version === version) return cached;
    const fresh = new SchemaCache(version);
    this.#caches.delete(scope);
    this.#caches.set(scope, fresh);
    if (this.#caches.size > MAX_CACHES) this.#caches.delete(this.#caches.keys().next().value!);
    return fresh;
  }
}
