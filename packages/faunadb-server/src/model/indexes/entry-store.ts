import { asBuffer, ByteReader, ByteWriter } from '../../storage/bytes.js';
import { readValue, type StoredValue, writeValue } from '../../storage/data.js';
import { hashed } from '../../storage/hashed.js';
import { after, KEY } from '../../storage/keys.js';
import { writeOrdered, writeOrderedList } from '../../storage/order.js';
import { type ObjectValue, Ref, Version } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import type { Entries, Entry, EntryRange, Schema, Versions } from '../base/databases.js';
import type { Index } from '../base/index-definition.js';
import type { Keyspace } from '../base/keyspace.js';
import type { StoredVersion } from '../base/stored-version.js';
import { NotUnique } from '../documents/not-unique.js';
import { shownData } from '../documents/shown.js';
import { forgetOmission, isOmitted, replacesOmitted, reviseOmissions } from './omissions.js';
import { TooManyEntries, type Tuple, tuplesOf } from './terms.js';

/** Longer terms are found by their hash. */
const MAX_TERMS = 200;
const TIME_BYTES = 8;
/** How many bytes at the end of an entry's order identify the collection of its document. */
const COLLECTION_BYTES = 2;

/**
 * The place of an entry in an index: the key's part for its terms, and the part that orders entries with the same
 * terms.
 */
interface Place {
  readonly prefix: Buffer;
  readonly order: Buffer;
  readonly values: readonly StoredValue[];
}

/**
 * The entries of indexes. Current ones are stored with the time they were added. A removed one is stored separately for
 * as long as its document's history, so that past states can be read and reads of the current state never meet it.
 */
export class EntryStore implements Entries {
  readonly #keys: Keyspace;
  readonly #versions: Pick<Versions, 'decoding'>;
  readonly #schemaOf: (scope: number) => Schema;

  constructor(keys: Keyspace, versions: Pick<Versions, 'decoding'>, schemaOf: (scope: number) => Schema) {
    this.#keys = keys;
    this.#versions = versions;
    this.#schemaOf = schemaOf;
  }

  /**
   * Updates all indexes from a document's previous version to its next.
   *
   * @throws {NotUnique} if a unique index already has an entry like one of the next version's
   */
  replace(context: ModelContext, ref: Ref, previous: StoredVersion | undefined, next: StoredVersion): void {
    const taken: Ref[] = [];
    for (const index of this.#schemaOf(ref.scope).indexesOf(ref.collection)) {
      const before = this.#placesBefore(context, index, ref, previous);
      const now = this.#places(context, index, ref, next);
      for (const [id, place] of before) {
        if (!now.has(id)) this.#leave(place, next.ts);
      }
      for (const [id, place] of now) {
        const stays = before.has(id);
        if (stays && previous?.ttl === next.ttl) continue;
        if (!stays && index.unique && this.#isTaken(index, ref, place)) {
          taken.push(index.ref);
          break;
        }
        const again = previous?.ts === next.ts;
        this.#enter(
          place,
          stays ? this.#added(place, next.ts) : again ? this.#returned(place, next.ts) : next.ts,
          next.ttl,
        );
      }
    }
    if (taken.length > 0) throw new NotUnique(taken);
  }

  /** Replaces a document's entries, which followed from its old versions, by those of its new versions. */
  rewrite(context: ModelContext, ref: Ref, before: readonly StoredVersion[], now: readonly StoredVersion[]): void {
    for (const index of this.#schemaOf(ref.scope).indexesOf(ref.collection)) {
      for (const { place, removed } of this.#spans(context, index, ref, before)) {
        this.#keys.remove(removed === undefined ? presentKey(place) : pastKey(place, removed));
      }
      for (const { place, added, removed, ttl } of this.#spans(context, index, ref, now)) {
        if (removed === undefined) this.#enter(place, added, ttl);
        else this.#keys.put(pastKey(place, removed), encode(added, undefined, place.values));
      }
      reviseOmissions(this.#keys, index, ref, before, now);
    }
  }

  fill(context: ModelContext, index: Index, ref: Ref, version: StoredVersion, until: bigint | undefined): void {
    for (const place of this.#places(context, index, ref, version).values()) {
      if (until === undefined) {
        let added = this.#added(place, version.ts);
        if (added > version.ts) added = version.ts;
        this.#enter(place, added, version.ttl);
        continue;
      }
      // If the next version has the entry too, it was added earlier than known so far.
      const later = this.#spanAt(place, until);
      if (!later) this.#keys.put(pastKey(place, until), encode(version.ts, undefined, place.values));
      else if (version.ts < later.added) this.#keys.put(later.key, encode(version.ts, later.ttl, place.values));
    }
  }

  forget(context: ModelContext, ref: Ref, version: StoredVersion, until: bigint): void {
    for (const index of this.#schemaOf(ref.scope).indexesOf(ref.collection)) {
      for (const place of this.#placesHeld(context, index, ref, version).values()) {
        const span = this.#spanAt(place, version.ts);
        if (!span) continue;
        if (span.removed === until) this.#keys.remove(span.key);
        else this.#keys.put(span.key, encode(until, span.ttl, place.values));
      }
      forgetOmission(this.#keys, index, ref, version.ts);
    }
  }

  /** The entries of an index under some terms, in order; at `time`, in µs, if given. */
  read(index: Index, terms: readonly StoredValue[], time: bigint | undefined, range: EntryRange): Iterable<Entry> {
    const prefix = termsPrefix(index, terms);
    const present = this.#range(prefix, index.scope, KEY.entry, range);
    const now = this.#keys.time;
    if (time === undefined || time >= now) return live(present, now);
    const past = this.#range(prefix, index.scope, KEY.pastEntry, range);
    return live(heldAt(mergeEntries([present, past], range.reverse ?? false), time), time);
  }

  /** All past entries of an index under some terms, and then all current ones, each in order. */
  *history(index: Index, terms: readonly StoredValue[]): Generator<Entry> {
    const prefix = termsPrefix(index, terms);
    for (const kind of [KEY.pastEntry, KEY.entry]) {
      for (const { entry } of this.#range(prefix, index.scope, kind, {})) yield entry;
    }
  }

  /** The prefixes of all keys of an index. */
  static prefixes(scope: number, index: bigint): Buffer[] {
    return [KEY.entry, KEY.pastEntry].map((kind) => {
      const prefix = indexPrefix(scope, index);
      prefix[0] = kind;
      return prefix;
    });
  }

  /** The collection of an entry's document, from the entry's key. */
  static collectionOf(key: Uint8Array): number {
    return asBuffer(key).readUInt16BE(key.length - (key[0] === KEY.pastEntry ? TIME_BYTES : 0) - COLLECTION_BYTES);
  }

  *#range(
    prefix: Buffer,
    scope: number,
    kind: number,
    { start, end, reverse = false }: EntryRange,
  ): Generator<{ readonly entry: Entry; readonly ttl: bigint | undefined }> {
    const from = Buffer.from(start ? Buffer.concat([prefix, start]) : prefix);
    const to = end && end.length > 0 ? Buffer.concat([prefix, end]) : after(prefix);
    from[0] = kind;
    to[0] = kind;
    const decoding = this.#versions.decoding(scope);
    for (const { key, value } of this.#keys.transaction.range({ start: from, end: to, reverse })) {
      const bytes = asBuffer(key);
      this.#keys.usage.read(key.length + value.length);
      const orderEnd = kind === KEY.pastEntry ? bytes.length - TIME_BYTES : bytes.length;
      const reader = new ByteReader(value);
      const flags = reader.byte();
      const added = reader.int64();
      const ttl = flags ? reader.int64() : undefined;
      const values: StoredValue[] = [];
      for (let left = reader.count(1); left > 0; left--) values.push(readValue(reader, decoding));
      const entry = {
        ref: new Ref(scope, bytes.readUInt16BE(orderEnd - COLLECTION_BYTES), bytes.readBigInt64BE(orderEnd - 10)),
        values,
        order: bytes.subarray(prefix.length, orderEnd),
        added,
        removed: kind === KEY.pastEntry ? bytes.readBigInt64BE(orderEnd) : undefined,
      };
      yield { entry, ttl };
    }
  }

  #places(context: ModelContext, index: Index, ref: Ref, version: StoredVersion | undefined): Map<string, Place> {
    const places = new Map<string, Place>();
    if (!version || version.deleted) return places;
    for (const tuple of tuplesOf(
      context,
      index,
      new Version(ref, version.ts, 'update', shownData(context, ref, this.#indexed(index, ref, version.data))),
    )) {
      const place = placeOf(index, ref, tuple);
      places.set(place.prefix.toString('latin1') + place.order.toString('latin1'), place);
    }
    return places;
  }

  /** The data that an index is made of: an index that is only staged has the staged shape of documents. */
  #indexed(index: Index, ref: Ref, data: ObjectValue): ObjectValue {
    const schema = this.#schemaOf(ref.scope);
    if (schema.pinnedAt === undefined) return data;
    const active = schema.collection(ref.collection);
    if (active?.ownIndexes.has(index.id)) return data;
    const staged = schema.written.collection(ref.collection);
    return staged?.migrations?.migrate(data, active?.migrations?.count ?? 0) ?? data;
  }

  /** The places of the entries of a document's latest version, before another replaces it. */
  #placesBefore(
    context: ModelContext,
    index: Index,
    ref: Ref,
    latest: StoredVersion | undefined,
  ): ReadonlyMap<string, Place> {
    const mayLackIt = !index.active || index.isPartial;
    if (mayLackIt && replacesOmitted(this.#keys, index, ref)) return NOWHERE;
    return this.#placesIfAny(context, index, ref, latest);
  }

  /** The places of the entries of a stored version. */
  #placesHeld(context: ModelContext, index: Index, ref: Ref, version: StoredVersion): ReadonlyMap<string, Place> {
    if (isOmitted(this.#keys, index, ref, version.ts)) return NOWHERE;
    return this.#placesIfAny(context, index, ref, version);
  }

  /** The places of a stored version's entries; none if it is older than the index and the index cannot hold it. */
  #placesIfAny(
    context: ModelContext,
    index: Index,
    ref: Ref,
    version: StoredVersion | undefined,
  ): ReadonlyMap<string, Place> {
    try {
      return this.#places(context, index, ref, version);
    } catch (error) {
      if (error instanceof TooManyEntries) return NOWHERE;
      throw error;
    }
  }

  *#spans(
    context: ModelContext,
    index: Index,
    ref: Ref,
    versions: readonly StoredVersion[],
  ): Generator<{
    readonly place: Place;
    readonly added: bigint;
    readonly removed: bigint | undefined;
    readonly ttl: bigint | undefined;
  }> {
    const open = new Map<string, { place: Place; added: bigint; ttl: bigint | undefined }>();
    for (const version of versions) {
      const places = version.isStored
        ? this.#placesHeld(context, index, ref, version)
        : this.#places(context, index, ref, version);
      for (const [id, span] of open) {
        if (places.has(id)) continue;
        open.delete(id);
        yield { ...span, removed: version.ts };
      }
      for (const [id, place] of places) {
        open.set(id, { place, added: open.get(id)?.added ?? version.ts, ttl: version.ttl });
      }
    }
    for (const span of open.values()) yield { ...span, removed: undefined };
  }

  #enter(place: Place, added: bigint, ttl: bigint | undefined): void {
    const key = presentKey(place);
    const value = encode(added, ttl, place.values);
    this.#keys.usage.wrote(key.length + value.length);
    this.#keys.put(key, value);
  }

  #leave(place: Place, time: bigint): void {
    const added = this.#added(place, time);
    const key = presentKey(place);
    this.#keys.usage.wrote(key.length);
    this.#keys.remove(key);
    // An entry that this transaction itself added never existed for others.
    if (added < time) this.#keys.put(pastKey(place, time), encode(added, undefined, place.values));
  }

  /** An entry that this transaction removed and adds again never left for others. @returns when it was first added */
  #returned(place: Place, time: bigint): bigint {
    const key = pastKey(place, time);
    const value = this.#keys.transaction.get(key);
    if (!value) return time;
    this.#keys.remove(key);
    return new ByteReader(value, 1).int64();
  }

  /** The entry that a document has had in a place at `time`. */
  #spanAt(place: Place, time: bigint): Span | undefined {
    const { transaction } = this.#keys;
    const present = presentKey(place);
    const value = transaction.get(present);
    if (value) {
      const span = spanOf(present, value, undefined);
      if (span.added <= time) return span;
    }
    const start = pastKey(place, time + 1n);
    const end = after(start.subarray(0, -TIME_BYTES));
    for (const { key, value } of transaction.range({ start, end })) {
      const past = Buffer.from(key);
      const span = spanOf(past, value, past.readBigInt64BE(past.length - TIME_BYTES));
      return span.added <= time ? span : undefined;
    }
    return undefined;
  }

  #added(place: Place, otherwise: bigint): bigint {
    const value = this.#keys.transaction.get(presentKey(place));
    return value ? new ByteReader(value, 1).int64() : otherwise;
  }

  #isTaken(index: Index, ref: Ref, place: Place): boolean {
    const schema = this.#schemaOf(index.scope);
    // An entry's order ends with its document, so that entries with the same terms and values are adjacent.
    const start = place.order.subarray(0, place.order.length - REF_BYTES);
    for (const { ref: other } of live(
      this.#range(place.prefix, index.scope, KEY.entry, { start, end: after(start) }),
      this.#keys.time,
    )) {
      const isOther = other.id !== ref.id || other.collection !== ref.collection;
      if (isOther && schema.hasCollection(other.collection)) return true;
    }
    return false;
  }
}

/** The key of an entry, when its document entered and left, and when the document expires; in µs. */
interface Span {
  readonly key: Buffer;
  readonly added: bigint;
  readonly removed: bigint | undefined;
  readonly ttl: bigint | undefined;
}

function spanOf(key: Buffer, value: Uint8Array, removed: bigint | undefined): Span {
  const reader = new ByteReader(value);
  const expires = reader.byte() !== 0;
  return { key, added: reader.int64(), removed, ttl: expires ? reader.int64() : undefined };
}

const NOWHERE: ReadonlyMap<string, Place> = new Map();

/** The length of a ref in an order: a kind, an id, and a collection. */
export const REF_BYTES = 11;

/** Bytes that sort like the values, each in its direction, and then the document. */
export function orderOf(values: readonly StoredValue[], reversed: readonly boolean[], ref: Ref): Buffer {
  const writer = new ByteWriter();
  writeOrderedList(writer, values, reversed);
  writeOrdered(writer, ref);
  return writer.result();
}

function placeOf(index: Index, ref: Ref, { terms, values }: Tuple): Place {
  return { prefix: termsPrefix(index, terms), order: orderOf(values, index.reversed, ref), values };
}

function indexPrefix(scope: number, index: bigint): Buffer {
  const prefix = Buffer.allocUnsafe(9);
  prefix[0] = KEY.entry;
  prefix.writeUInt32BE(scope, 1);
  prefix.writeUInt32BE(Number(index), 5);
  return prefix;
}

function termsPrefix(index: Index, terms: readonly StoredValue[]): Buffer {
  const writer = new ByteWriter(64).bytes(indexPrefix(index.scope, index.id));
  const start = writer.length;
  writer.byte(terms.length);
  for (const term of terms) writeOrdered(writer, term);
  if (writer.length - start <= MAX_TERMS) return writer.result();
  const digest = hashed(writer.since(start));
  return writer.truncate(start).byte(0xff).bytes(digest).result();
}

function presentKey({ prefix, order }: Place): Buffer {
  return Buffer.concat([prefix, order]);
}

function pastKey({ prefix, order }: Place, removed: bigint): Buffer {
  const key = Buffer.concat([prefix, order, Buffer.allocUnsafe(TIME_BYTES)]);
  key[0] = KEY.pastEntry;
  key.writeBigInt64BE(removed, key.length - TIME_BYTES);
  return key;
}

function encode(added: bigint, ttl: bigint | undefined, values: readonly StoredValue[]): Buffer {
  const writer = new ByteWriter(64).byte(ttl === undefined ? 0 : 1).int64(added);
  if (ttl !== undefined) writer.int64(ttl);
  writer.varint(values.length);
  for (const value of values) writeValue(writer, value);
  return writer.result();
}

type Read = Iterable<{ readonly entry: Entry; readonly ttl: bigint | undefined }>;

function* live(entries: Read, time: bigint): Generator<Entry> {
  for (const { entry, ttl } of entries) if (ttl === undefined || ttl > time) yield entry;
}

function* heldAt(entries: Read, time: bigint): Generator<{ readonly entry: Entry; readonly ttl: bigint | undefined }> {
  for (const read of entries) {
    const { added, removed } = read.entry;
    if (added <= time && (removed === undefined || time < removed)) yield read;
  }
}

function* mergeEntries([a, b]: readonly [Read, Read], reverse: boolean): Read & Generator {
  const [left, right] = [a[Symbol.iterator](), b[Symbol.iterator]()];
  let [l, r] = [left.next(), right.next()];
  while (!l.done || !r.done) {
    const order = l.done ? 1 : r.done ? -1 : Buffer.compare(l.value.entry.order, r.value.entry.order);
    if (l.done || (!r.done && (reverse ? order < 0 : order > 0))) {
      yield r.value!;
      r = right.next();
    } else {
      yield l.value;
      l = left.next();
    }
  }
}
