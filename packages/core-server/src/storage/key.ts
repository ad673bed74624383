// A key is a sequence of parts, each ending with NUL, so that no key is a prefix of another and all keys with the same
// first parts lie side by side. Inside a part NUL is escaped; a part too long for a key is replaced by its hash.
// Where there are millions of entries the parts are bytes, each of a length that is known, or closed by NUL.
import { createHash } from 'node:crypto';
import { bytesOfUuid } from './id.js';

/** Longer parts (in UTF-16 units) are hashed: keys of the storage engine are short. */
const LONGEST_PART = 200;
/** How the hash of a part that was too long begins. */
export const HASHED = '\x02';
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Encodes `parts` as one key.
 *
 * ```ts
 * key('sessions', '1', handle); // a Uint8Array
 * ```
 */
export function key(...parts: readonly string[]): Uint8Array {
  let text = '';
  for (const part of parts) text += `${escapePart(part)}\0`;
  return Buffer.from(text);
}

/** The range of all keys that begin with `parts`. */
export function keysUnder(...parts: readonly string[]): { start: Uint8Array; end: Uint8Array } {
  const start = key(...parts);
  const end = Uint8Array.from(start);
  end[end.length - 1] = 1;
  return { start, end };
}

/**
 * An id as a part among bytes: closed like those of {@link key}, but 17 bytes where it is a UUID. No other part begins with
 * the byte 0xff, which is in no UTF-8.
 */
export function idPart(id: string): Uint8Array {
  const uuid = bytesOfUuid(id);
  return uuid === undefined ? key(id) : Buffer.concat([Buffer.of(0xff), uuid]);
}

/** A time in milliseconds as eight bytes; such parts are ordered as their times are, none of which may be negative. */
export function timeBytes(time: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(time);
  return bytes;
}

/** The range of all keys that begin with `prefix`, which must have a byte other than 0xff. */
export function rangeOf(prefix: Uint8Array): { start: Uint8Array; end: Uint8Array } {
  let length = prefix.length;
  while (prefix[length - 1] === 0xff) length--;
  const end = Uint8Array.from(prefix.subarray(0, length));
  end[length - 1]! += 1;
  return { start: prefix, end };
}

/** The parts that {@link key} was given; of a hashed one, the hash. */
export function partsOf(encoded: Uint8Array): string[] {
  const text = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength - 1).toString();
  return text.split('\0').map(unescapePart);
}

/** A time in milliseconds as a part; such parts are ordered as their times are. */
export function timePart(time: number): string {
  return Math.max(0, Math.trunc(time)).toString(36).padStart(11, '0');
}

export function timeOfPart(part: string): number {
  return Number.parseInt(part, 36);
}

function escapePart(part: string): string {
  // A part that begins like a hash is hashed as well, so that nobody can name another's key; a lone surrogate has no UTF-8.
  if (part.length > LONGEST_PART || part.startsWith(HASHED) || LONE_SURROGATE.test(part)) {
    return HASHED + createHash('sha256').update(part, 'utf16le').digest('base64url');
  }
  return part.includes('\0') || part.includes('\x01')
    ? part.replaceAll('\x01', '\x01\x02').replaceAll('\0', '\x01\x01')
    : part;
}

function unescapePart(part: string): string {
  return part.includes('\x01') ? part.replaceAll('\x01\x01', '\0').replaceAll('\x01\x02', '\x01') : part;
}
