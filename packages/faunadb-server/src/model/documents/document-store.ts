import { keysIn } from '@supertokens-faunadb/store';
import { after, collectionPrefix, documentKey, KEY, versionKey, versionPrefix } from '../../storage/keys.js';
import { isUserCollection, NATIVE } from '../../values/ids.js';
import { Ref } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Documents, Entries, LambdaReader, Schema } from '../base/databases.js';
import type { Keyspace } from '../base/keyspace.js';
import type { CollectionSchema } from '../base/schema-objects.js';
import { StoredVersion } from '../base/stored-version.js';
import { refuseBefore } from './earliest-time.js';
import { VersionStore } from './version-store.js';

/** How long earlier versions stay readable though their collection keeps no history, so that cursors stay stable. In µs. */
const HISTORY_SLACK = 15n * 60n * 1_000_000n;
const DAY = 86_400_000_000n;

/** At most this many versions that nobody sees any more are removed with each write of a document. */
const TRIMMED_AT_ONCE = 4;

/** Native collections of which only the present is kept: what opens a database. */
const WITHOUT_HISTORY: ReadonlySet<number> = new Set([NATIVE.keys, NATIVE.tokens, NATIVE.credentials]);
const NO_HISTORY = { historyDays: 0n, minValidTime: 0n };
const ALL_HISTORY = { historyDays: undefined, minValidTime: 0n };

const EXPIRY_PREFIX = Buffer.of(KEY.expiry);

/** Documents with the history that their collections keep, and what indexes have of them. */
export class DocumentStore extends VersionStore implements Documents {
  readonly #schemaOf: (scope: number) => Schema;
  readonly #entries: Entries;

  constructor(keys: Keyspace, lambda: LambdaReader, schemaOf: (scope: number) => Schema, entries: Entries) {
    super(keys, lambda);
    this.#schemaOf = schemaOf;
    this.#entries = entries;
  }

  /**
   * The document as it is; as it was at `time`, in µs, where that is given.
   *
   * @throws {Failure} where its collection's history does not reach back to this time
   */
  read(ref: Ref, time?: bigint): StoredVersion | undefined {
    if (time !== undefined) refuseBefore(time, this.minValidTime(ref));
    const latest = this.latest(ref);
    if (!latest) return undefined;
    if (time === undefined || latest.ts <= time) return latest.isLive(this.#now(time)) ? latest : undefined;
    const prefix = versionPrefix(ref.scope, ref.collection, ref.id);
    const end = versionKey(ref.scope, ref.collection, ref.id, time + 1n);
    for (const { value } of this.keys.transaction.range({ start: prefix, end, reverse: true })) {
      const version = StoredVersion.decode(value, this.decoding(ref.scope));
      return version.isLive(this.#now(time)) ? version : undefined;
    }
    return undefined;
  }

  /** All versions that are still shown, the earliest first. The one that held when history begins is among them. */
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

  /** Before this time, in µs, nothing of a collection is shown. */
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

  /** Makes `next`, written at the transaction's time, the latest version, and the entries of indexes follow. */
  append(context: ModelContext, ref: Ref, next: StoredVersion): void {
    const key = documentKey(ref.scope, ref.collection, ref.id);
    const bytes = this.keys.transaction.get(key);
    const previous = bytes && StoredVersion.decode(bytes, this.decoding(ref.scope));
    if (bytes && previous && previous.ts < next.ts) {
      this.keys.put(versionKey(ref.scope, ref.collection, ref.id, previous.ts), Buffer.from(bytes));
    }
    const encoded = next.encode();
    const { usage } = this.keys;
    const before = usage.bytesWritten;
    usage.wrote(key.length + encoded.length);
    this.keys.put(key, encoded);
    this.#noteExpiry(key, next);
    this.keys.changes?.written(ref, previous, next);
    this.#entries.replace(context, ref, previous, next);
    usage.endWrite(before);
    // Only now is each version stored once.
    if (previous && previous.ts < next.ts) this.#trim(context, ref);
  }

  /**
   * Changes what was: replaces all versions of a document by these, the earliest first, and what indexes have of them.
   * Uniqueness is not asked for.
   */
  rewrite(context: ModelContext, ref: Ref, versions: readonly StoredVersion[]): void {
    const before = this.stored(ref);
    this.#keepOnly(context, ref, before, versions);
    this.keys.changes?.rewritten(ref, before, versions);
  }

  #keepOnly(
    context: ModelContext,
    ref: Ref,
    before: readonly StoredVersion[],
    versions: readonly StoredVersion[],
  ): void {
    const kept = new Set(versions);
    for (const version of before) {
      if (!kept.has(version)) this.keys.remove(versionKey(ref.scope, ref.collection, ref.id, version.ts));
    }
    const latest = versions.at(-1);
    const key = documentKey(ref.scope, ref.collection, ref.id);
    for (const version of versions.slice(0, -1)) {
      this.keys.put(versionKey(ref.scope, ref.collection, ref.id, version.ts), version.encode());
    }
    if (latest) {
      this.keys.remove(versionKey(ref.scope, ref.collection, ref.id, latest.ts));
      this.keys.put(key, latest.encode());
      this.#noteExpiry(key, latest);
    } else this.keys.remove(key);
    this.#entries.rewrite(context, ref, before, versions);
  }

  /**
   * Documents whose time to live was over at `time`, in µs, at most `limit` of them; with the keys of the notes, none of
   * which `isPassedOver`.
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
      // After the time: the key of the document, from the byte after its kind.
      const ref = new Ref(note.readUInt32BE(10), note.readUInt16BE(14), note.readBigInt64BE(16));
      if (found.push({ note, ref }) === limit) break;
    }
    return found;
  }

  /**
   * Removes the versions that nobody sees any more, from the earliest on; the document itself, where it is deleted. Nobody
   * who watches is told.
   */
  forget(context: ModelContext, ref: Ref): void {
    const all = this.stored(ref);
    const floor = this.minValidTime(ref);
    let first = 0;
    while (first + 1 < all.length && all[first + 1]!.ts <= floor) first++;
    while (first < all.length && all[first]!.deleted && all[first]!.ts <= floor) first++;
    if (first > 0) this.#keepOnly(context, ref, all, all.slice(first));
  }

  /** The next document that has earlier versions, from this key of one on. */
  nextWithHistory(from: Buffer | undefined): { readonly ref: Ref; readonly next: Buffer } | undefined {
    const start = from ?? Buffer.of(KEY.version);
    for (const key of keysIn(this.keys.transaction, { start, end: Buffer.of(KEY.version + 1) })) {
      const bytes = Buffer.from(key);
      const ref = new Ref(bytes.readUInt32BE(1), bytes.readUInt16BE(5), bytes.readBigInt64BE(7));
      return { ref, next: after(bytes.subarray(0, 15)) };
    }
    return undefined;
  }

  /** The beginning of the keys of everything that a collection holds. */
  static prefixes(scope: number, collection: number): Buffer[] {
    return [KEY.document, KEY.version].map((kind) => collectionPrefix(kind, scope, collection));
  }

  #now(time: bigint | undefined): bigint {
    return time === undefined || time > this.keys.time ? this.keys.time : time;
  }

  #trim(context: ModelContext, ref: Ref): void {
    const floor = this.minValidTime(ref);
    if (floor === 0n) return;
    const start = versionPrefix(ref.scope, ref.collection, ref.id);
    let old = 0;
    for (const { value } of this.keys.transaction.range({ start, end: after(start) })) {
      if (StoredVersion.decode(value, this.decoding(ref.scope)).ts > floor || ++old === TRIMMED_AT_ONCE) break;
    }
    if (old > 1) this.forget(context, ref);
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
