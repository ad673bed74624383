import type { Reader } from '@supertokens-faunadb/store';
import type { LambdaReader } from './base/databases.js';
import { lastTime } from './base/keyspace.js';
import { RecentWrites } from './base/recent-writes.js';
import { SchemaCache } from './schema/cache.js';

const EPOCH_MS = Date.UTC(2012, 4, 1);
/** How many schemas are cached; the one read longest ago is dropped first. */
const MAX_CACHES = 10_000;

/** The state that outlives a query: cached schemas, the clock, and the source of new ids. One for each store. */
export class Model {
  readonly lambda: LambdaReader;
  readonly clock: () => number;
  readonly #caches = new Map<number, SchemaCache>();
  /** The latest writes; not in a process that only attempts them. */
  readonly recent: RecentWrites | undefined;
  #lastTime: bigint | undefined;
  #lastId = 0n;
  /** The first id of each millisecond. */
  readonly #firstId: bigint;

  /**
   * @param slot a number up to 31, unique among processes that make ids at the same time
   * @param clock returns the current time in ms; by default `Date.now`
   */
  constructor(options: { readonly lambda: LambdaReader; readonly slot?: number; readonly clock?: () => number }) {
    this.lambda = options.lambda;
    this.clock = options.clock ?? (() => Date.now());
    this.#firstId = BigInt(options.slot ?? 0) << 15n;
    this.recent = options.slot === undefined ? new RecentWrites() : undefined;
  }

  /**
   * The time of a transaction that begins now, in µs: later than all earlier ones, also across restarts. Always even:
   * the odd ones are the times of snapshots, see {@link snapshotTime}.
   */
  nextTime(reader: Reader): bigint {
    if (this.#lastTime === undefined) {
      this.#lastTime = lastTime(reader);
      this.recent?.begin(this.#lastTime);
    }
    const now = BigInt(this.clock()) * 1000n;
    this.#lastTime = now > this.#lastTime ? now : this.#lastTime + (this.#lastTime % 2n === 0n ? 2n : 1n);
    return this.#lastTime;
  }

  /**
   * A new document id: 18 digits, larger than all earlier ones, also across restarts as long as the clock is not set
   * back.
   */
  nextId(): bigint {
    const id = (BigInt(this.clock() - EPOCH_MS) << 20n) + this.#firstId;
    this.#lastId = id > this.#lastId ? id : this.#lastId + 1n;
    return this.#lastId;
  }

  /**
   * Drops the caches, because the disk refused a write that they may contain. Counters continue, so that no time or id
   * is used twice.
   */
  forget(): void {
    this.#caches.clear();
  }

  /** What is cached of a database's committed schema, as of its `version`. */
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
 * The time of a query on a snapshot, in µs: the snapshot holds the writes of all earlier transactions, and no others.
 *
 * @param begun the time of a transaction that wrote nothing, after which everything existing was on disk
 */
export function snapshotTime(snapshot: Reader, begun: bigint): bigint {
  const last = lastTime(snapshot);
  return (last > begun ? last : begun) + 1n;
}
