import type { Key, Reader, Transaction } from '@supertokens-faunadb/store';
import type { JsonObject } from '../json/json.js';
import { key, keysUnder, partsOf, timeOfPart, timePart } from '../storage/key.js';
import { EMPTY, getJson, putJson } from '../storage/value.js';

// The tables, by short names, for there are millions of entries.
const SESSION = 's';
const OF_USER = 'su';
const EXPIRY = 'sx';

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

type Row = readonly [
  userId: string,
  refreshTokenHash2: string,
  expiry: number,
  timeCreated: number,
  useStaticKey: 0 | 1,
  userDataInJWT: JsonObject,
  userDataInDatabase: JsonObject,
];

/** @param space of the tenant */
export function getSession(reader: Reader, space: string, handle: string): SessionRecord | undefined {
  const row = getJson<Row>(reader, key(space, SESSION, handle));
  if (row === undefined) return undefined;
  const [userId, refreshTokenHash2, expiry, timeCreated, useStaticKey, userDataInJWT, userDataInDatabase] = row;
  return {
    userId,
    userDataInDatabase,
    userDataInJWT,
    refreshTokenHash2,
    expiry,
    timeCreated,
    useStaticKey: useStaticKey === 1,
  };
}

function putSession(transaction: Transaction, space: string, handle: string, record: SessionRecord): void {
  const { userId, refreshTokenHash2, expiry, timeCreated, useStaticKey, userDataInJWT, userDataInDatabase } = record;
  const row: Row = [
    userId,
    refreshTokenHash2,
    expiry,
    timeCreated,
    useStaticKey ? 1 : 0,
    userDataInJWT,
    userDataInDatabase,
  ];
  putJson(transaction, key(space, SESSION, handle), row);
}

export function insertSession(transaction: Transaction, space: string, handle: string, record: SessionRecord): void {
  putSession(transaction, space, handle, record);
  transaction.put(key(space, OF_USER, record.userId, handle), EMPTY);
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
  putSession(transaction, space, handle, after);
  if (after.expiry === before.expiry) return;
  transaction.remove(expiryKey(space, handle, before.expiry));
  transaction.put(expiryKey(space, handle, after.expiry), EMPTY);
}

export function removeSession(transaction: Transaction, space: string, handle: string, record: SessionRecord): void {
  transaction.remove(key(space, SESSION, handle));
  transaction.remove(key(space, OF_USER, record.userId, handle));
  transaction.remove(expiryKey(space, handle, record.expiry));
}

/** The handles of a user's sessions that have not run out. */
export function handlesOfUser(reader: Reader, space: string, userId: string, now: number): string[] {
  const handles: string[] = [];
  for (const { key: entry } of reader.range(keysUnder(space, OF_USER, userId))) {
    const handle = partsOf(entry)[3] as string;
    const record = getSession(reader, space, handle);
    if (record !== undefined && record.expiry >= now) handles.push(handle);
  }
  return handles;
}

/** The sessions of all tenants that run out before `time`, the first first: each by the key of its entry and where it is. */
export function* sessionsExpiringBefore(
  reader: Reader,
  time: number,
): Generator<{ entry: Key; expiry: number; space: string; handle: string }> {
  for (const { key: entry } of reader.range({ start: key(EXPIRY), end: key(EXPIRY, timePart(time)) })) {
    const [, expiry = '', space = '', handle = ''] = partsOf(entry);
    yield { entry, expiry: timeOfPart(expiry), space, handle };
  }
}

function expiryKey(space: string, handle: string, expiry: number): Key {
  return key(EXPIRY, timePart(expiry), space, handle);
}
