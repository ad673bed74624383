import { ByteReader, ByteWriter } from '../../storage/bytes.js';
import { type Decoding, readObject, writeObject } from '../../storage/data.js';
import { type ObjectValue, Time } from '../../values/values.js';

const DELETED = 1;
const EXPIRES = 2;
const MIGRATED = 4;

/** What a version's bytes do not contain. */
export interface VersionDecoding extends Decoding {
  /** Applies the migrations of the document's collection, of which it has the first `done`. */
  migrate?(document: ObjectValue, done: number): ObjectValue;
}

/** Data that is decoded on first use. `done` is the number of migrations that it has. */
interface Encoded {
  readonly reader: ByteReader;
  readonly decoding: VersionDecoding;
  readonly done: number;
}

/** A stored version of a document. Its data is decoded on first use, and then has all migrations of its collection. */
export class StoredVersion {
  /** When it was written, in µs. */
  readonly ts: bigint;
  /** When it expires, in µs. */
  readonly ttl: bigint | undefined;
  /** Whether it is a deletion. */
  readonly deleted: boolean;
  /** Its size in the store, in bytes; 0 if it is not stored yet. */
  readonly size: number;
  readonly #data: ObjectValue | Encoded | undefined;
  #decoded: ObjectValue | undefined;

  private constructor(ts: bigint, ttl: bigint | undefined, data: ObjectValue | Encoded | undefined, size = 0) {
    this.ts = ts;
    this.ttl = ttl;
    this.deleted = data === undefined;
    this.#data = data;
    this.size = size;
  }

  static live(ts: bigint, data: ObjectValue): StoredVersion {
    const ttl = data.fields.get('ttl');
    return new StoredVersion(ts, ttl instanceof Time ? ttl.nanos / 1000n : undefined, data);
  }

  static deletion(ts: bigint): StoredVersion {
    return new StoredVersion(ts, undefined, undefined);
  }

  static decode(bytes: Uint8Array, decoding: VersionDecoding): StoredVersion {
    const reader = new ByteReader(bytes);
    const flags = reader.byte();
    const ts = reader.int64();
    if (flags & DELETED) return new StoredVersion(ts, undefined, undefined, bytes.length);
    const ttl = flags & EXPIRES ? reader.int64() : undefined;
    const done = flags & MIGRATED ? reader.varint() : 0;
    return new StoredVersion(ts, ttl, { reader, decoding, done }, bytes.length);
  }

  /** Whether it was read from the store. */
  get isStored(): boolean {
    return this.size > 0;
  }

  /** @param migrations the number of migrations of its collection, all of which its data has */
  encode(migrations = 0): Buffer {
    const writer = new ByteWriter(256);
    const isMigrated = !this.deleted && migrations > 0;
    const flags = (this.deleted ? DELETED : 0) | (this.ttl === undefined ? 0 : EXPIRES) | (isMigrated ? MIGRATED : 0);
    writer.byte(flags).int64(this.ts);
    if (this.ttl !== undefined) writer.int64(this.ttl);
    if (isMigrated) writer.varint(migrations);
    if (!this.deleted) writeObject(writer, this.data);
    return writer.result();
  }

  /** Its fields, including those that clients never see. */
  get data(): ObjectValue {
    if (this.#decoded) return this.#decoded;
    if (this.#data === undefined) throw new Error('A deletion has no data.');
    this.#decoded = 'reader' in this.#data ? decoded(this.#data) : this.#data;
    return this.#decoded;
  }

  /** Whether the document exists at `time`, in µs. */
  isLive(time: bigint): boolean {
    return !this.deleted && (this.ttl === undefined || this.ttl > time);
  }
}

function decoded({ reader, decoding, done }: Encoded): ObjectValue {
  const data = readObject(reader, decoding);
  return decoding.migrate?.(data, done) ?? data;
}
