import { createHash } from 'node:crypto';
import { ByteWriter } from './bytes.js';

/** The first byte of a key, which says what it is the key of. */
export const KEY = {
  /** A counter or a setting of the whole store, by name. */
  meta: 1,
  /** The latest version of a document: scope, collection, id. */
  document: 2,
  /** An earlier version of a document: scope, collection, id, time. */
  version: 3,
  /** An entry of an index: scope, index, terms, values, document. */
  entry: 4,
  /** A removed entry of an index: as above, then the time of removal. */
  pastEntry: 5,
  /** The id of a schema document by its name: scope, collection, name. */
  name: 6,
  /** Something found by other bytes: kind, bytes. */
  lookup: 7,
  /** When to remove something: the time, then its key. */
  expiry: 8,
} as const;

/** Longer identifying bytes are replaced by their hash, since the store limits the length of keys. */
const MAX_INLINE = 200;

/** The key of a document's latest version. */
export function documentKey(scope: number, collection: number, id: bigint): Buffer {
  const key = collectionKey(KEY.document, scope, collection, 15);
  key.writeBigUInt64BE(BigInt.asUintN(64, id), 7);
  return key;
}

/** The prefix of the keys of a collection's documents (or of their earlier versions). */
export function collectionPrefix(kind: number, scope: number, collection: number): Buffer {
  return collectionKey(kind, scope, collection, 7);
}

/** The prefix of the keys of a document's earlier versions. */
export function versionPrefix(scope: number, collection: number, id: bigint): Buffer {
  const key = collectionKey(KEY.version, scope, collection, 15);
  key.writeBigUInt64BE(BigInt.asUintN(64, id), 7);
  return key;
}

/** The key of the version of a document that was written at `ts`, in µs. */
export function versionKey(scope: number, collection: number, id: bigint, ts: bigint): Buffer {
  const key = collectionKey(KEY.version, scope, collection, 23);
  key.writeBigUInt64BE(BigInt.asUintN(64, id), 7);
  key.writeBigUInt64BE(ts, 15);
  return key;
}

/** The key that maps a document's name to its id. */
export function nameKey(scope: number, collection: number, name: string): Buffer {
  return Buffer.concat([collectionKey(KEY.name, scope, collection, 7), bounded(Buffer.from(name))]);
}

/** The key of a store-wide counter or setting. */
export function metaKey(name: string): Buffer {
  return Buffer.concat([Buffer.of(KEY.meta), Buffer.from(name)]);
}

/** The key for finding something by bytes other than its id. */
export function lookupKey(kind: string, bytes: Uint8Array): Buffer {
  return new ByteWriter(64).byte(KEY.lookup).string(kind).bytes(bounded(bytes)).result();
}

/** Returns the bytes, or a hash of them if they are too long for a key; the two never coincide. */
function bounded(bytes: Uint8Array): Buffer {
  if (bytes.length <= MAX_INLINE) return Buffer.concat([Buffer.of(0), bytes]);
  return Buffer.concat([Buffer.of(1), createHash('sha256').update(bytes).digest()]);
}

/** The first key that sorts after all keys with this prefix. */
export function after(prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--) {
    if (end[i]! < 0xff) {
      end[i]!++;
      return end.subarray(0, i + 1);
    }
  }
  return Buffer.alloc(0);
}

function collectionKey(kind: number, scope: number, collection: number, length: number): Buffer {
  const key = Buffer.allocUnsafe(length);
  key[0] = kind;
  key.writeUInt32BE(scope, 1);
  key.writeUInt16BE(collection, 5);
  return key;
}
