import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { decodeBase32, encodeBase32 } from './base32.js';

const DIGITS = 6;
const SECRET_BYTES = 20;
/** Maximum periods to check before and after the current one, whatever the skew: each costs a hash. */
const WIDEST_SKEW = 1000;

/** How codes come from a secret. */
export interface Generator {
  /** In base 32. */
  readonly secret: string;
  /** The validity of a code, in seconds. */
  readonly period: number;
  /** How many periods before and after the present one a code may be of. */
  readonly skew: number;
}

/** A new secret, in base 32. */
export function randomSecret(): string {
  return encodeBase32(randomBytes(SECRET_BYTES));
}

/**
 * Whether `code` is right at `time` (milliseconds since the epoch). If the secret has no base 32 digit, no code is right.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6238
 */
export function isRightCode({ secret, period, skew }: Generator, code: string, time: number): boolean {
  const key = decodeBase32(secret);
  if (key.length === 0) return false;
  const given = Buffer.from(code);
  const now = Math.floor(time / 1000 / period);
  const reach = Math.min(skew, WIDEST_SKEW);
  let isRight = false;
  for (let counter = Math.max(0, now - reach); counter <= now + reach; counter++) {
    const right = Buffer.from(oneTimePassword(key, counter));
    if (given.length === right.length && timingSafeEqual(given, right)) isRight = true;
  }
  return isRight;
}

/** @see https://www.rfc-editor.org/rfc/rfc4226#section-5.3 */
export function oneTimePassword(key: Uint8Array, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const hash = createHmac('sha1', key).update(message).digest();
  const offset = (hash.at(-1) as number) & 15;
  const code = hash.readUInt32BE(offset) & 0x7fffffff;
  return String(code % 10 ** DIGITS).padStart(DIGITS, '0');
}
