// A session's value in the store. It is compact because there are millions: no field names, binary hashes, ids and times, and
// no empty fields.
import type { Value } from '@supertokens-faunadb/store';
import type { JsonObject } from '../json/json.js';
import { bytesOfUuid, UUID_BYTES, uuidOf } from '../storage/id.js';
import { parseJson } from '../storage/value.js';

/** What a session consists of. */
export interface SessionContent {
  readonly userId: string;
  readonly userDataInDatabase: JsonObject;
  readonly userDataInJWT: JsonObject;
  /** The hash of the hash of the current refresh token. */
  readonly refreshTokenHash2: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly expiry: number;
  readonly timeCreated: number;
  readonly useStaticKey: boolean;
}

/** Where a session is. */
export interface SessionPlace {
  /** Of its tenant. */
  readonly space: string;
  readonly id: Uint8Array;
}

/** A session as the store keeps it: under its id, and in an index by user and one by expiry. */
export interface SessionRecord extends SessionContent, SessionPlace {}

const IS_STATIC_KEY_USED = 1;
const IS_USER_UUID = 2;

/** Offsets in the fixed part. */
const FLAGS = 0;
const HASH = 1;
const HASH_BYTES = 32;
const EXPIRY = HASH + HASH_BYTES;
const CREATED = EXPIRY + 8;
const FIXED_BYTES = CREATED + 6;

export function encodeSession(session: SessionContent): Value {
  const { userId, userDataInJWT, userDataInDatabase, refreshTokenHash2, expiry, timeCreated, useStaticKey } = session;
  const user = bytesOfUuid(userId);
  const fixed = Buffer.allocUnsafe(FIXED_BYTES);
  fixed[FLAGS] = (useStaticKey ? IS_STATIC_KEY_USED : 0) | (user === undefined ? 0 : IS_USER_UUID);
  fixed.write(refreshTokenHash2, HASH, 'hex');
  fixed.writeDoubleBE(expiry, EXPIRY);
  fixed.writeUIntBE(timeCreated, CREATED, 6);
  const rest: unknown[] = user === undefined ? [userId] : [];
  if (!isEmpty(userDataInJWT) || !isEmpty(userDataInDatabase)) rest.push(userDataInJWT);
  if (!isEmpty(userDataInDatabase)) rest.push(userDataInDatabase);
  return Buffer.concat([fixed, user ?? NOTHING, rest.length === 0 ? NOTHING : Buffer.from(JSON.stringify(rest))]);
}

/** Reads nothing but when a session expires: its data may be large. */
export function decodeExpiry(value: Value): number {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).readDoubleBE(EXPIRY);
}

export function decodeSession(value: Value, { space, id }: SessionPlace): SessionRecord {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const flags = bytes.readUInt8(FLAGS);
  const isUserUuid = (flags & IS_USER_UUID) !== 0;
  const end = FIXED_BYTES + (isUserUuid ? UUID_BYTES : 0);
  const rest = end < bytes.length ? parseJson<unknown[]>(bytes.subarray(end)) : [];
  if (isUserUuid) rest.unshift(uuidOf(bytes.subarray(FIXED_BYTES, end)));
  const [userId, userDataInJWT = {}, userDataInDatabase = {}] = rest as [string, JsonObject?, JsonObject?];
  return {
    space,
    id,
    userId,
    userDataInDatabase,
    userDataInJWT,
    refreshTokenHash2: bytes.toString('hex', HASH, EXPIRY),
    expiry: bytes.readDoubleBE(EXPIRY),
    timeCreated: bytes.readUIntBE(CREATED, 6),
    useStaticKey: (flags & IS_STATIC_KEY_USED) !== 0,
  };
}

const NOTHING = Buffer.alloc(0);

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}
