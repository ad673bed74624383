import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * The secrets of keys and tokens, in FaunaDB's own form, so that they are told apart from root keys and JWTs and say where
 * their document lies. In base64url, which begins with `fn`:
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
  /** `undefined` where it is none of this server's databases: clusters give them larger numbers. */
  readonly scope: number | undefined;
  readonly bytes: Buffer;
}

const VERSION = 126;
const KEY = 112;
const TOKEN = 113;
const RANDOM = 20;
const KEY_LENGTH = 10 + RANDOM;
const TOKEN_LENGTH = 18 + RANDOM;
/** Databases are numbered with 32 bits. */
const MAX_SCOPE = 0xffff_ffffn;

/** A new secret for the key of this id. */
export function newKeySecret(id: bigint): KeySecret {
  const bytes = header(KEY, id, KEY_LENGTH);
  randomBytes(RANDOM).copy(bytes, 10);
  return { kind: 'key', id, bytes };
}

/** A new secret for the token of this id in the database of this internal id. */
export function newTokenSecret(id: bigint, scope: number): TokenSecret {
  const bytes = header(TOKEN, id, TOKEN_LENGTH);
  bytes.writeBigUInt64BE(BigInt(scope), 10);
  randomBytes(RANDOM).copy(bytes, 18);
  return { kind: 'token', id, scope, bytes };
}

/** Reads a secret; `undefined` for whatever is none, or not written in the one way that it is given out. */
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

/** The secret as it is given to clients. */
export function secretText({ bytes }: Pick<Secret, 'bytes'>): string {
  return bytes.toString('base64url');
}

/**
 * What is kept of a secret. A slow hash protects what people choose; of 160 random bits nothing can be guessed. The hash is
 * keyed by the secret's public part, so that the hash of one document opens nothing in another.
 */
export function hashSecret({ bytes }: Pick<Secret, 'bytes'>): string {
  const random = bytes.length - RANDOM;
  return createHmac('sha256', bytes.subarray(0, random)).update(bytes.subarray(random)).digest('base64url');
}

/** Whether a secret is the one that a hash was made of, told in a time that says nothing about how far they agree. */
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
