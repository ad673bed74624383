import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * The secrets of keys and tokens, in FaunaDB's own form, which distinguishes them from root keys and JWTs and contains
 * where their document is stored. In base64url, which starts with `fn`:
 *
 * | key   | 126, 112 | id of the key, 8 bytes   |                                      | random, 20 bytes |
 * | ----- | -------- | ------------------------ | ------------------------------------ | ---------------- |
 * | token | 126, 113 | id of the token, 8 bytes | internal id of its database, 8 bytes | random, 20 bytes |
 */
export type Secret = KeySecret | TokenSecret;

export interface KeySecret {
  readonly kind: 'key';
  readonly id: bigint;
  readonly bytes: Buffer;
}

export interface TokenSecret {
  readonly kind: 'token';
  readonly id: bigint;
  /** `undefined` if it is not a database of this server: clusters use larger numbers. */
  readonly scope: number | undefined;
  readonly bytes: Buffer;
}

const VERSION = 126;
const KEY = 112;
const TOKEN = 113;
const RANDOM = 20;
const KEY_LENGTH = 10 + RANDOM;
const TOKEN_LENGTH = 18 + RANDOM;
/** Database ids have 32 bits. */
const MAX_SCOPE = 0xffff_ffffn;

/** Makes a new secret for the key with this id. */
export function newKeySecret(id: bigint): KeySecret {
  const bytes = header(KEY, id, KEY_LENGTH);
  randomBytes(RANDOM).copy(bytes, 10);
  return { kind: 'key', id, bytes };
}

/** Makes a new secret for the token with this id, in the database with this internal id. */
export function newTokenSecret(id: bigint, scope: number): TokenSecret {
  const bytes = header(TOKEN, id, TOKEN_LENGTH);
  bytes.writeBigUInt64BE(BigInt(scope), 10);
  randomBytes(RANDOM).copy(bytes, 18);
  return { kind: 'token', id, scope, bytes };
}

/** Parses a secret; `undefined` if it is invalid, or not encoded exactly as it was issued. */
export function parseSecret(text: string): Secret | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes[0] !== VERSION || secretText({ bytes }) !== text) return undefined;
  if (bytes[1] === KEY && bytes.length === KEY_LENGTH) {
    return { kind: 'key', id: bytes.readBigInt64BE(2), bytes };
  }
  if (bytes[1] !== TOKEN || bytes.length !== TOKEN_LENGTH) return undefined;
  const scope = bytes.readBigUInt64BE(10);
  return {
    kind: 'token',
    id: bytes.readBigInt64BE(2),
    scope: scope > MAX_SCOPE ? undefined : Number(scope),
    bytes,
  };
}

/** The text of a secret, for clients. */
export function secretText({ bytes }: Pick<Secret, 'bytes'>): string {
  return bytes.toString('base64url');
}

/**
 * Returns the stored hash of a secret. Slow hashes are for passwords; 160 random bits cannot be guessed. The hash is
 * keyed by the secret's public part, so that the hash of one document opens nothing in another.
 */
export function hashSecret({ bytes }: Pick<Secret, 'bytes'>): string {
  const random = bytes.length - RANDOM;
  return createHmac('sha256', bytes.subarray(0, random)).update(bytes.subarray(random)).digest('base64url');
}

/** Whether a hash was made of this secret, compared in constant time. */
export function secretMatches(secret: Pick<Secret, 'bytes'>, hash: string): boolean {
  const expected = Buffer.from(hash);
  const actual = Buffer.from(hashSecret(secret));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function header(kind: number, id: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes[0] = VERSION;
  bytes[1] = kind;
  bytes.writeBigInt64BE(id, 2);
  return bytes;
}
