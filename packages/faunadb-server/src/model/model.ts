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
  /** The first id of each millisecond. */
  readonly #firstId: bigint;

  /** @param slot a number of its own, up to 31, for each process that makes ids at the same time */
  constructor(options: { readonly lambda: LambdaReader; readonly slot?: number }) {
    this.lambda = options.lambda;
    this.#firstId = BigInt(options.slot ?? 0) << 15n;
  }

  /**
   * The time of a transaction that begins now, in µs: later than that of every one before, also across restarts. Always
   * an even one: those between are the times of snapshots, see {@link snapshotTime}.
   */
  nextTime(reader: Reader): bigint {
    this.#lastTime ??= lastTime(reader);
    const now = BigInt(Date.now()) * 1000n;
    this.#lastTime = now > this.#lastTime ? now : this.#lastTime + (this.#lastTime % 2n === 0n ? 2n : 1n);
    return this.#lastTime;
  }

  /** A new document id: 18 digits, larger than every one before, also across restarts as long as the clock is not set back. */
  nextId(): bigint {
    const id = (BigInt(Date.now() - EPOCH_MS) << 20n) + this.#firstId;
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

/**
 * The time of a query that sees a snapshot, in µs: of all transactions that write, the snapshot holds those of before it,
 * and no other.
 *
 * @param begun the time of a transaction that wrote nothing, after which everything that was there was on disk
 */
export function snapshotTime(snapshot: Reader, begun: bigint): bigint {
  const last = lastTime(snapshot);
  return (last > begun ? last : begun) + 1n;
}
