import { crc32 } from 'node:zlib';
import type { Key, Value } from './store.js';

/** The length of a stored value's checksum, in bytes. */
export const SEAL_BYTES = 4;

/** Up to this many bytes, a loop is faster than a native call. */
const SHORT = 64;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

// A large value arrives as a plain array of bytes.
const { copy } = Buffer.prototype;

/** Data on disk differ from what was written. */
export class DamagedData extends Error {
  override readonly name = 'DamagedData';
  readonly code = 'DAMAGED_DATA';

  /** @param key of the entry that is damaged, where it is known */
  constructor(
    where: string,
    readonly key?: Key,
  ) {
    super(
      `The data are damaged: ${where}. Restore them from a backup; the command check lists everything that is damaged.`,
    );
  }
}

/** A value as it is stored: followed by a checksum of itself and its key. */
export function seal(key: Key, value: Value): Buffer {
  const sealed = Buffer.allocUnsafe(value.length + SEAL_BYTES);
  sealed.set(value);
  sealed.writeInt32LE(withKey(checksum(value, value.length), key), value.length);
  return sealed;
}

/** Whether a stored value is intact and belongs to this key. */
export function isWhole(key: Key, sealed: Uint8Array): boolean {
  const length = sealed.length - SEAL_BYTES;
  return length >= 0 && withKey(checksum(sealed, length), key) === storedAt(sealed, length);
}

/**
 * Takes stored values from the buffer that LMDB's binding reuses for each of them. The binding does not pass their keys, so
 * each value is verified in two steps.
 */
export class Unsealer {
  #sum = 0;
  #stored = 0;
  #isShort = false;

  /** Called by LMDB's binding: copies a value without its checksum. */
  decode = (bytes: Uint8Array, size = bytes.length): Buffer => {
    const length = size - SEAL_BYTES;
    this.#isShort = length < 0;
    if (this.#isShort) return Buffer.alloc(0);
    this.#sum = checksum(bytes, length);
    this.#stored = storedAt(bytes, length);
    const value = Buffer.allocUnsafe(length);
    copy.call(bytes, value, 0, 0, length);
    return value;
  };

  /** Called by LMDB's binding with the result of {@link seal}. */
  encode = (sealed: Buffer): Buffer => sealed;

  /** @throws {DamagedData} if the value decoded last is damaged or belongs to another key */
  check(key: Key): void {
    if (this.#isShort || withKey(this.#sum, key) !== this.#stored) {
      const own = Buffer.from(key);
      throw new DamagedData(`the entry with the key ${own.toString('hex')}`, own);
    }
  }
}

/** CRC-32 of the first bytes of a value. */
function checksum(value: Value, length: number): number {
  // The binding's buffer is longer than the value.
  if (length > SHORT) return crc32(value.subarray(0, length)) | 0;
  let sum = -1;
  for (let i = 0; i < length; i++) sum = TABLE[(sum ^ value[i]!) & 0xff]! ^ (sum >>> 8);
  return ~sum;
}

/** CRC-32 of a value, its key's length and the key, continued from that of the value. */
function withKey(sum: number, key: Key): number {
  let next = ~sum;
  next = TABLE[(next ^ key.length) & 0xff]! ^ (next >>> 8);
  for (let i = 0; i < key.length; i++) next = TABLE[(next ^ key[i]!) & 0xff]! ^ (next >>> 8);
  return ~next;
}

function storedAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
