import { crc32 } from 'node:zlib';
import type { Key, Value } from './store.js';

/** How many bytes of a stored value are its checksum. */
export const SEAL_BYTES = 4;

/** Up to so many bytes a loop costs less than a call into native code. */
const SHORT = 96;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** What is on disk is not what was written there. */
export class DamagedData extends Error {
  override readonly name = 'DamagedData';
  readonly code = 'DAMAGED_DATA';

  constructor(where: string) {
    super(
      `The data are damaged: ${where}. Restore them from a backup; the command check lists everything that is damaged.`,
    );
  }
}

/** A value as it is stored: with the checksum of its key and itself behind it. */
export function seal(key: Key, value: Value): Buffer {
  const sealed = Buffer.allocUnsafe(value.length + SEAL_BYTES);
  sealed.set(value);
  sealed.writeUInt32LE(checksum(key, value, value.length), value.length);
  return sealed;
}

/** Whether a stored value is whole, and is that of this key. */
export function isWhole(key: Key, sealed: Uint8Array): boolean {
  const length = sealed.length - SEAL_BYTES;
  if (length < 0) return false;
  const stored =
    (sealed[length]! | (sealed[length + 1]! << 8) | (sealed[length + 2]! << 16) | (sealed[length + 3]! << 24)) >>> 0;
  return stored === checksum(key, sealed, length);
}

/** The value that was sealed, a part of the same memory. @throws {DamagedData} where it, its key or its checksum has changed. */
export function unseal(key: Key, sealed: Uint8Array): Buffer {
  if (!isWhole(key, sealed)) throw new DamagedData(`the entry with the key ${Buffer.from(key).toString('hex')}`);
  return Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length - SEAL_BYTES);
}

/** CRC-32 of the key's length, the key, and the first bytes of the value. */
export function checksum(key: Key, value: Value, length: number): number {
  if (key.length + length > SHORT) return crc32(value.subarray(0, length), crc32(key, key.length));
  let sum = ~key.length;
  for (let i = 0; i < key.length; i++) sum = TABLE[(sum ^ key[i]!) & 0xff]! ^ (sum >>> 8);
  for (let i = 0; i < length; i++) sum = TABLE[(sum ^ value[i]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}
