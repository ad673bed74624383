import type { Key, Value } from '@supertokens-faunadb/store';

const REMOVED = 0xffff_ffff;
const HEAD = 6;

/** Encodes writes: for each the lengths of key and value, and both. */
export function encodeWrites(writes: Iterable<readonly [Key, Value | null]>): Buffer {
  const pieces: Uint8Array[] = [];
  for (const [key, value] of writes) {
    const head = Buffer.allocUnsafe(HEAD);
    head.writeUInt16BE(key.length, 0);
    head.writeUInt32BE(value?.length ?? REMOVED, 2);
    pieces.push(head, key);
    if (value) pieces.push(value);
  }
  return Buffer.concat(pieces);
}

/** Decodes writes, as views of the bytes. */
export function* decodeWrites(bytes: Buffer): Generator<[key: Buffer, value: Buffer | null]> {
  for (let at = 0; at < bytes.length; ) {
    const keyEnd = at + HEAD + bytes.readUInt16BE(at);
    const length = bytes.readUInt32BE(at + 2);
    const end = length === REMOVED ? keyEnd : keyEnd + length;
    yield [bytes.subarray(at + HEAD, keyEnd), length === REMOVED ? null : bytes.subarray(keyEnd, end)];
    at = end;
  }
}
