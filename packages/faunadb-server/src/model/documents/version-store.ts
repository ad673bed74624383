import { asBuffer } from '../../storage/bytes.js';
import type { Decoding } from '../../storage/data.js';
import { after, documentKey, versionKey, versionPrefix } from '../../storage/keys.js';
import { Ref } from '../../values/values.js';
import type { IdRange, LambdaReader, Versions } from '../base/databases.js';
import type { Keyspace } from '../base/keyspace.js';
import { StoredVersion, type VersionDecoding } from '../base/stored-version.js';

/** The highest id that sets show. Ids given as negative numbers sort after it. */
const LAST_ID = (1n << 63n) - 1n;

/**
 * The versions of documents in the store. The latest one, which may be a deletion, has the document's key; earlier ones
 * are stored separately, so that reading and paging never meet them.
 */
export class VersionStore implements Versions {
  /** The last one asked for: most queries read one database. */
  #decoding: Decoding | undefined;

  constructor(
    protected readonly keys: Keyspace,
    protected readonly lambda: LambdaReader,
  ) {}

  decoding(scope: number): Decoding {
    if (this.#decoding?.scope !== scope) this.#decoding = { scope, lambda: this.lambda };
    return this.#decoding;
  }

  /** How the versions of a collection's documents are decoded. */
  protected versionDecoding(scope: number, _collection: number): VersionDecoding {
    return this.decoding(scope);
  }

  /** The latest version, which may be a deletion or expired. */
  latest(ref: Ref): StoredVersion | undefined {
    const bytes = this.keys.transaction.get(documentKey(ref.scope, ref.collection, ref.id));
    return bytes && this.decode(ref, bytes);
  }

  /** The version written at a time in µs, and the one before it; both may be deletions. */
  written(
    ref: Ref,
    time: bigint,
  ): { readonly before: StoredVersion | undefined; readonly version: StoredVersion | undefined } {
    const latest = this.latest(ref);
    const start = versionPrefix(ref.scope, ref.collection, ref.id);
    const end = versionKey(ref.scope, ref.collection, ref.id, time + 1n);
    const isLatest = latest !== undefined && latest.ts === time;
    const found: StoredVersion[] = isLatest ? [latest] : [];
    for (const { value } of this.keys.transaction.range({ start, end, reverse: true })) {
      found.push(StoredVersion.decode(value, this.versionDecoding(ref.scope, ref.collection)));
      if (found.length === 2) break;
    }
    const [version, before] = found;
    return version?.ts === time ? { version, before } : { version: undefined, before: version };
  }

  /** When a document was written from a time on, in µs, the latest first. */
  *writesSince(ref: Ref, time: bigint): Generator<bigint> {
    const latest = this.latest(ref);
    if (latest === undefined || latest.ts < time) return;
    yield latest.ts;
    const start = versionKey(ref.scope, ref.collection, ref.id, time);
    const end = after(versionPrefix(ref.scope, ref.collection, ref.id));
    for (const { value } of this.keys.transaction.range({ start, end, reverse: true })) {
      yield StoredVersion.decode(value, this.decoding(ref.scope)).ts;
    }
  }

  /** All stored versions, the earliest first. */
  stored(ref: Ref): StoredVersion[] {
    const latest = this.latest(ref);
    return latest ? [...this.earlier(ref), latest] : [];
  }

  /** The stored versions that are older than `before` (in µs), or all, the latest first. */
  *newestFirst(ref: Ref, before?: bigint): Generator<StoredVersion> {
    const { scope, collection, id } = ref;
    const latest = this.latest(ref);
    if (!latest) return;
    if (before === undefined || latest.ts < before) yield latest;
    const start = versionPrefix(scope, collection, id);
    const end = before === undefined ? after(start) : versionKey(scope, collection, id, before);
    for (const { value } of this.keys.transaction.range({ start, end, reverse: true })) {
      yield this.decode(ref, value);
    }
  }

  protected decode({ scope, collection }: Ref, bytes: Uint8Array): StoredVersion {
    return StoredVersion.decode(bytes, this.versionDecoding(scope, collection));
  }

  protected *earlier(ref: Ref): Generator<StoredVersion> {
    const start = versionPrefix(ref.scope, ref.collection, ref.id);
    for (const { value } of this.keys.transaction.range({ start, end: after(start) })) {
      yield this.decode(ref, value);
    }
  }

  /** The refs of a collection's documents by id, with their latest versions, including deletions. */
  *scan(
    scope: number,
    collection: number,
    range: IdRange = {},
  ): Generator<readonly [ref: Ref, version: StoredVersion]> {
    const start = documentKey(scope, collection, range.start ?? 0n);
    const end =
      range.end === undefined || range.end > LAST_ID
        ? documentKey(scope, collection, LAST_ID + 1n)
        : documentKey(scope, collection, range.end);
    const decoding = this.versionDecoding(scope, collection);
    for (const { key, value } of this.keys.transaction.range({ start, end, reverse: range.reverse ?? false })) {
      const id = asBuffer(key).readBigInt64BE(7);
      yield [new Ref(scope, collection, id), StoredVersion.decode(value, decoding)];
    }
  }

  /** The ids of a collection's existing documents. */
  *ids(scope: number, collection: number): Generator<bigint> {
    for (const [ref, version] of this.scan(scope, collection)) if (version.isLive(this.keys.time)) yield ref.id;
  }
}
