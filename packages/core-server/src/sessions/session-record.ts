import type { Reader, Transaction } from '@supertokens-faunadb/store';
import type { JsonObject } from '../json/json.js';
import { key, keysUnder, partsOf, timePart } from '../storage/key.js';
import { EMPTY, getJson, putJson } from '../storage/value.js';

/** A session as the store keeps it: under its handle, and in an index by user and one by expiry. */
export interface SessionRecord {
  readonly userId: string;
  readonly userDataInDatabase: JsonObject;
  readonly userDataInJWT: JsonObject;
  /** The hash of the hash of the refresh token that is good now. */
  readonly refreshTokenHash2: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly expiry: number;
  readonly timeCreated: number;
  readonly useStaticKey: boolean;
}

/** @param space of the tenant */
export function getSession(reader: Reader, space: string, handle: string): SessionRecord | undefined {
  return getJson<SessionRecord>(reader, key(space, 'session', handle));
}

export function insertSession(transaction: Transaction, space: string, handle: string, record: SessionRecord): void {
  putJson(transaction, key(space, 'session', handle), record);
  transaction.put(key(space, 'session-of-user', record.userId, handle), EMPTY);
  transaction.put(expiryKey(space, handle, record.expiry), EMPTY);
}

/** Replaces `before` by `after`; a session never changes its user. */
export function updateSession(
  transaction: Transaction,
  space: string,
  handle: string,
  before: SessionRecord,
  after: SessionRecord,
): void {
  putJson(transaction, key(space, 'session', handle), after);
  if (after.expiry === before.expiry) return;
  transaction.remove(expiryKey(space, handle, before.expiry));
  transaction.put(expiryKey(space, handle, after.expiry), EMPTY);
}

export function removeSession(transaction: Transaction, space: string, handle: string, record: SessionRecord): void {
  transaction.remove(key(space, 'session', handle));
  transaction.remove(key(space, 'session-of-user', record.userId, handle));
  transaction.remove(expiryKey(space, handle, record.expiry));
}

/** The handles of a user's sessions that have not run out. */
export function handlesOfUser(reader: Reader, space: string, userId: string, now: number): string[] {
  const handles: string[] = [];
  for (const { key: entry } of reader.range(keysUnder(space, 'session-of-user', userId))) {
    const handle = partsOf(entry)[3] as string;
    const record = getSession(reader, space, handle);
    if (record !== undefined && record.expiry >= now) handles.push(handle);
  }
  return handles;
}

/** Sorts sessions of all tenants by the time at which they run out. */
export function expiryKey(space: string, handle: string, expiry: number): Uint8Array {
  return key('expiry', timePart(expiry), space, handle);
}
