import { keysIn } from '@supertokens-faunadb/store';
import { after, collectionPrefix, documentKey, KEY, versionKey, versionPrefix } from '../../storage/keys.js';
import { isUserCollection, NATIVE } from '../../values/ids.js';
import { type ObjectValue, Ref } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Documents, Entries, LambdaReader, Schema } from '../base/databases.js';
import type { Keyspace } from '../base/keyspace.js';
import type { CollectionSchema } from '../base/schema-objects.js';
import type { StoredVersion, VersionDecoding } from '../base/stored-version.js';
import type { Migrations } from '../migrations/migrations.js';
import { refuseBefore } from './earliest-time.js';
import { VersionStore } from './version-store.js';

/** How long earlier versions stay readable in a collection without history, so that cursors stay stable, in µs. */
const HISTORY_SLACK = 15n * 60n * 1_000_000n;
const DAY = 86_400_000_000n;

/** The most invisible versions that each write of a document removes, so that writes do not become slow. */
const TRIMMED_AT_ONCE = 4;

/** Native collections without history: the documents that open a database. */
const WITHOUT_HISTORY: ReadonlySet<number> = new Set([NATIVE.keys, NATIVE.tokens, NATIVE.credentials]);
const NO_HISTORY = { historyDays: 0n, minValidTime: 0n };
const ALL_HISTORY = { historyDays: undefined, minValidTime: 0n };

/** A version, and the one after it. */
interface Superseded {
  readonly version: StoredVersion;
  readonly next: StoredVersion | undefined;
}

const EXPIRY_PREFIX = Buffer.of(KEY.expiry);

/** Documents with the history that their collections keep, and their index entries. */
export class DocumentStore extends VersionStore implements Documents {
  readonly #schemaOf: (scope: number) => Schema;
  readonly #entries: Entries;
  /** The last one asked for: most queries read one collection. */
  #last: (VersionDecoding & { readonly collection: number }) | undefined;

  constructor(keys: Keyspace, lambda: LambdaReader, schemaOf: (scope: number) => Schema, entries: Entries) {
    super(keys, lambda);
    this.#schemaOf = schemaOf;
    this.#entries = entries;
  }

  protected override versionDecoding(scope: number, collection: number): VersionDecoding {
    if (!isUserCollection(collection)) return this.decoding(scope);
    if (this.#last?.scope !== scope || this.#last.collection !== collection) {
      const migrate = (document: ObjectValue, done: number) =>
        this.#migrations({ scope, collection })?.migrate(document, done) ?? document;
      this.#last = { scope, collection, lambda: this.lambda, migrate };
    }
    return this.#last;
  }

  #migrations({ scope, collection }: Pick<Ref, 'scope' | 'collection'>): Migrations | undefined {
    return isUserCollection(collection) ? this.#schemaOf(scope).collection(collection)?.migrations : undefined;
  }

  /**
   * Reads a document; at `time`, in µs, if given.
   *
   * @throws {Failure} if its collection's history does not reach back to this time
   */
  read(ref: Ref, time?: bigint): StoredVersion | undefined {
    if (time !== undefined) refuseBefore(time, this.minValidTime(ref));
    const latest = this.latest(ref);
    if (!latest) return undefined;
    if (time === undefined || latest.ts <= time) return latest.isLive(this.#now(time)) ? latest : undefined;
    const prefix = versionPrefix(ref.scope, ref.collection, ref.id);
    const end = versionKey(ref.scope, ref.collection, ref.id, time + 1n);
    for (const { value } of this.keys.transaction.range({ start: prefix, end, reverse: true })) {
      const version = this.decode(ref, value);
      return version.isLive(this.#now(time)) ? version : undefined;
    }
    return undefined;
  }

  /** All visible versions, the earliest first, including the one in effect when the history begins. */
  versions(ref: Ref): StoredVersion[] {
    const latest = this.latest(ref);
    if (!latest) return [];
    const all = [...this.earlier(ref), latest];
    const floor = this.minValidTime(ref);
    let first = 0;
    while (first + 1 < all.length && all[first + 1]!.ts <= floor) first++;
    while (first < all.length && all[first]!.deleted && all[first]!.ts <= floor) first++;
    return all.slice(first);
  }

  /** The earliest visible time of a collection, in µs. */
  minValidTime({ scope, collection }: Pick<Ref, 'scope' | 'collection'>): bigint {
    const { historyDays, minValidTime } = this.#retention(scope, collection);
    const kept = historyDays === undefined ? 0n : this.keys.time - historyDays * DAY;
    const floor = (kept > minValidTime ? kept : minValidTime) - HISTORY_SLACK;
    return floor > 0n ? floor : 0n;
  }

  #retention(scope: number, collection: number): Pick<CollectionSchema, 'historyDays' | 'minValidTime'> {
    if (!isUserCollection(collection)) return WITHOUT_HISTORY.has(collection) ? NO_HISTORY : ALL_HISTORY;
    return this.#schemaOf(scope).collection(collection) ?? ALL_HISTORY;
  }

  /** Makes `next`, written at the transaction's time, the latest version, and updates the index entries. */
  append(context: ModelContext, ref: Ref, next: StoredVersion): void {
    const key = documentKey(ref.scope, ref.collection, ref.id);
    const bytes = this.keys.transaction.get(key);
    const previous = bytes && this.decode(ref, bytes);
    if (bytes && previous && previous.ts < next.ts) {
      this.keys.put(versionKey(ref.scope, ref.collection, ref.id, previous.ts), Buffer.from(bytes));
    }
    const encoded = next.encode(this.#migrations(ref)?.count);
    const { usage } = this.keys;
    const before = usage.bytesWritten;
    usage.wrote(key.length + encoded.length);
    this.keys.put(key, encoded);
    this.#noteExpiry(key, next);
    this.keys.changes?.written(ref, previous, next, encoded.length);
    this.#entries.replace(context, ref, previous, next);
    usage.endWrite(before);
    // Only from here on is each version stored exactly once.
    if (previous && previous.ts < next.ts) this.#forget(context, ref, next, TRIMMED_AT_ONCE);
  }

  /**
   * Changes history: replaces all versions of a document by these, the earliest first, and updates the index entries.
   * Does not check uniqueness.
   */
  rewrite(context: ModelContext, ref: Ref, versions: readonly StoredVersion[]): void {
    const before = this.stored(ref);
    const kept = new Set(versions);
    for (const version of before) {
      if (!kept.has(version)) this.keys.remove(versionKey(ref.scope, ref.collection, ref.id, version.ts));
    }
    const latest = versions.at(-1);
    const migrations = this.#migrations(ref)?.count;
    const key = documentKey(ref.scope, ref.collection, ref.id);
    let size = 0;
    const put = (at: Buffer, version: StoredVersion) => {
      const encoded = version.encode(migrations);
      size += encoded.length;
      this.keys.put(at, encoded);
    };
    for (const version of versions.slice(0, -1)) {
      put(versionKey(ref.scope, ref.collection, ref.id, version.ts), version);
    }
    if (latest) {
      this.keys.remove(versionKey(ref.scope, ref.collection, ref.id, latest.ts));
      put(key, latest);
      this.#noteExpiry(key, latest);
    } else this.keys.remove(key);
    this.#entries.rewrite(context, ref, before, versions);
    const sizeBefore = before.reduce((sum, version) => sum + version.size, 0);
    this.keys.changes?.rewritten(ref, before, versions, sizeBefore + size);
  }

  /**
   * At most `limit` documents whose time to live has passed at `time`, in µs, with the keys of their notes. Skips notes
   * that `isPassedOver`.
   */
  expired(
    time: bigint,
    limit: number,
    isPassedOver: (note: Uint8Array) => boolean,
  ): { readonly note: Buffer; readonly ref: Ref }[] {
    const end = Buffer.alloc(9);
    end[0] = KEY.expiry;
    end.writeBigUInt64BE(time + 1n, 1);
    const found = [];
    for (const key of keysIn(this.keys.transaction, { start: EXPIRY_PREFIX, end })) {
      if (isPassedOver(key)) continue;
      const note = Buffer.from(key);
      // After the time comes the document's key, without its kind byte.
      const ref = new Ref(note.readUInt32BE(10), note.readUInt16BE(14), note.readBigInt64BE(16));
      if (found.push({ note, ref }) === limit) break;
    }
    return found;
  }

  /**
   * Removes at most `limit` invisible versions, from the earliest on, and with the last of them the document itself if
   * it is deleted. Streams do not report it.
   *
   * @returns whether more may be left
   */
  forget(context: ModelContext, ref: Ref, limit: number): boolean {
    const latest = this.latest(ref);
    return latest !== undefined && this.#forget(context, ref, latest, limit);
  }

  #forget(context: ModelContext, ref: Ref, latest: StoredVersion, limit: number): boolean {
    const floor = this.minValidTime(ref);
    if (floor === 0n) return false;
    const { scope, collection, id } = ref;
    const old: Superseded[] = [];
    let hasMore = false;
    for (const each of this.#invisible(ref, latest, floor)) {
      // A deletion goes with the last of the versions before it, by which it is found.
      hasMore = old.length >= limit && each.next !== undefined;
      if (hasMore) break;
      old.push(each);
    }
    for (const { version, next } of old) {
      if (!version.deleted && next) this.#entries.forget(context, ref, version, next.ts);
      this.keys.remove(next ? versionKey(scope, collection, id, version.ts) : documentKey(scope, collection, id));
    }
    return hasMore;
  }

  /** The invisible versions, the earliest first. The one in effect when the history begins is visible if it is live. */
  *#invisible(ref: Ref, latest: StoredVersion, floor: bigint): Generator<Superseded> {
    const isVisible = ({ version, next }: Superseded) =>
      next === undefined || next.ts > floor ? !(version.deleted && version.ts <= floor) : false;
    let version: StoredVersion | undefined;
    for (const next of this.earlier(ref)) {
      const each = version && { version, next };
      if (each && isVisible(each)) return;
      if (each) yield each;
      version = next;
    }
    for (const each of [version && { version, next: latest }, { version: latest, next: undefined }]) {
      if (!each) continue;
      if (isVisible(each)) return;
      yield each;
    }
  }

  /** The next document with earlier versions, starting at a version's key. */
  nextWithHistory(from: Buffer | undefined): { readonly ref: Ref; readonly next: Buffer } | undefined {
    const start = from ?? Buffer.of(KEY.version);
    for (const key of keysIn(this.keys.transaction, { start, end: Buffer.of(KEY.version + 1) })) {
      const bytes = Buffer.from(key);
      const ref = new Ref(bytes.readUInt32BE(1), bytes.readUInt16BE(5), bytes.readBigInt64BE(7));
      return { ref, next: after(bytes.subarray(0, 15)) };
    }
    return undefined;
  }

  /** The prefixes of all keys of a collection. */
  static prefixes(scope: number, collection: number): Buffer[] {
    return [KEY.document, KEY.version].map((kind) => collectionPrefix(kind, scope, collection));
  }

  #now(time: bigint | undefined): bigint {
    return time === undefined || time > this.keys.time ? this.keys.time : time;
  }

  #noteExpiry(key: Buffer, version: StoredVersion): void {
    if (version.ttl === undefined) return;
    const note = Buffer.alloc(9 + key.length);
    note[0] = KEY.expiry;
    note.writeBigUInt64BE(version.ttl < 0n ? 0n : version.ttl, 1);
    key.copy(note, 9);
    this.keys.put(note, Buffer.alloc(0));
  }
}
