import { type Key, keysIn, type Reader, type Transaction } from '@supertokens-faunadb/store';
import { UUID_BYTES } from '../storage/id.js';
import { idPart, key, rangeOf, timeBytes } from '../storage/key.js';
import { SESSION_EXPIRIES, SESSIONS, SESSIONS_OF_USERS } from '../storage/tables.js';
import { EMPTY } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import type { UserData } from '../users/user-data.js';
import { handleOf, idOfHandle } from './session-handle.js';
import { decodeSession, encodeSession, type SessionPlace, type SessionRecord } from './session-row.js';

const EXPIRY_BYTES = 8;

export function getSession(reader: Reader, { space, id: tenant }: Tenant, handle: string): SessionRecord | undefined {
  const id = idOfHandle(handle, tenant);
  return id === undefined ? undefined : getSessionAt(reader, { space, id });
}

export function getSessionAt(reader: Reader, place: SessionPlace): SessionRecord | undefined {
  const value = reader.get(sessionKey(place));
  return value === undefined ? undefined : decodeSession(value, place);
}

export function insertSession(transaction: Transaction, session: SessionRecord): void {
  transaction.put(sessionKey(session), encodeSession(session));
  transaction.put(userKey(session), EMPTY);
  transaction.put(expiryKey(session), EMPTY);
}

/** Replaces `before` by `after`; a session changes neither its place nor its user. */
export function updateSession(transaction: Transaction, before: SessionRecord, after: SessionRecord): void {
  transaction.put(sessionKey(after), encodeSession(after));
  if (after.expiry === before.expiry) return;
  transaction.remove(expiryKey(before));
  transaction.put(expiryKey(after), EMPTY);
}

export function removeSession(transaction: Transaction, session: SessionRecord): void {
  transaction.remove(sessionKey(session));
  transaction.remove(userKey(session));
  transaction.remove(expiryKey(session));
}

/** A user's sessions that have not expired. */
export function sessionsOfUser(reader: Reader, { space }: Tenant, userId: string, now: number): SessionRecord[] {
  const sessions: SessionRecord[] = [];
  for (const { key: entry } of reader.range(rangeOf(ofUser(space, userId)))) {
    const session = getSessionAt(reader, { space, id: entry.subarray(-UUID_BYTES) });
    if (session !== undefined && session.expiry >= now) sessions.push(session);
  }
  return sessions;
}

export const SESSIONS_OF_USER: UserData = {
  recipe: 'Session',
  isUsed: (reader, _, tenants, userId) =>
    tenants.some((tenant) => sessionsOfUser(reader, tenant, userId, tenant.now()).length > 0),
  remove(transaction, app, tenants, userId) {
    for (const tenant of tenants) this.removeFromTenant?.(transaction, app, tenant, userId);
  },
  removeFromTenant(transaction, _, tenant, userId) {
    const sessions = sessionsOfUser(transaction, tenant, userId, 0);
    for (const session of sessions) removeSession(transaction, session);
    return sessions.length > 0;
  },
};

/** The handle of a tenant's session. */
export function handleOfSession({ id: tenant }: Tenant, { id }: SessionPlace): string {
  return handleOf(id, tenant);
}

/** The sessions of all tenants that expire before `time`, earliest first: the key of the index entry and the session's place. */
export function* sessionsExpiringBefore(
  reader: Reader,
  time: number,
): Generator<{ entry: Key; expiry: number; place: SessionPlace }> {
  const end = Buffer.concat([SESSION_EXPIRIES, timeBytes(time)]);
  for (const entry of keysIn(reader, { start: SESSION_EXPIRIES, end })) {
    const rest = Buffer.from(entry.subarray(SESSION_EXPIRIES.length));
    const space = rest.toString('utf8', EXPIRY_BYTES, rest.length - UUID_BYTES - 1);
    yield { entry, expiry: rest.readDoubleBE(), place: { space, id: rest.subarray(-UUID_BYTES) } };
  }
}

function sessionKey({ space, id }: SessionPlace): Key {
  // Like `Buffer.concat`, which takes longer than all the rest of a read.
  const start = key(space);
  const bytes = Buffer.allocUnsafe(SESSIONS.length + start.length + id.length);
  bytes.set(SESSIONS);
  bytes.set(start, SESSIONS.length);
  bytes.set(id, SESSIONS.length + start.length);
  return bytes;
}

function ofUser(space: string, userId: string): Key {
  return Buffer.concat([key(space), SESSIONS_OF_USERS, idPart(userId)]);
}

function userKey({ space, id, userId }: SessionRecord): Key {
  return Buffer.concat([ofUser(space, userId), id]);
}

function expiryKey({ space, id, expiry }: SessionRecord): Key {
  return Buffer.concat([SESSION_EXPIRIES, timeBytes(expiry), key(space), id]);
}
