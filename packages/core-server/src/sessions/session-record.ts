import { type Key, keysIn, type Outcome, type Reader, type Transaction } from '@supertokens-faunadb/store';
import { eachEntry } from '../storage/each-entry.js';
import { UUID_BYTES } from '../storage/id.js';
import { idPart, key, rangeOf, timeBytes } from '../storage/key.js';
import { SESSION_EXPIRIES, SESSIONS, SESSIONS_OF_USERS } from '../storage/tables.js';
import { TooMuchAtOnce } from '../storage/too-much.js';
import { EMPTY } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import type { UserData } from '../users/user-data.js';
import { handleOf, idOfHandle } from './session-handle.js';
import { decodeExpiry, decodeSession, encodeSession, type SessionPlace, type SessionRecord } from './session-row.js';

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

export function removeSession(transaction: Transaction, session: SessionOfUser): void {
  transaction.remove(sessionKey(session));
  transaction.remove(userKey(session));
  transaction.remove(expiryKey(session));
}

/** Where a session of a user is, and until when. */
export type SessionOfUser = SessionPlace & Pick<SessionRecord, 'userId' | 'expiry'>;

/** Goes through a user's sessions, which may be many, as {@link eachEntry} does. */
export async function eachSessionOfUser<View extends Reader>(
  run: <T>(work: (view: View) => T) => Outcome<T>,
  tenant: Tenant,
  userId: string,
  visit: (view: View, session: SessionOfUser) => void,
): Promise<void> {
  await eachEntry(run, rangeOf(ofUser(tenant.space, userId)), (view, { key: entry }) => {
    const session = sessionOfEntry(view, tenant, userId, entry);
    if (session !== undefined) visit(view, session);
    return true;
  });
}

function* sessionsOfUser(reader: Reader, tenant: Tenant, userId: string): Generator<SessionOfUser> {
  for (const { key: entry } of reader.range(rangeOf(ofUser(tenant.space, userId)))) {
    const session = sessionOfEntry(reader, tenant, userId, entry);
    if (session !== undefined) yield session;
  }
}

function sessionOfEntry(reader: Reader, { space }: Tenant, userId: string, entry: Key): SessionOfUser | undefined {
  const id = entry.subarray(-UUID_BYTES);
  const value = reader.get(sessionKey({ space, id }));
  return value && { space, id, userId, expiry: decodeExpiry(value) };
}

/** Maximum sessions of a user to remove in one transaction. */
const MOST_REMOVED = 1000;

export const SESSIONS_OF_USER: UserData = {
  recipe: 'Session',
  isUsed: (reader, _, tenants, userId) =>
    tenants.some((tenant) => {
      const now = tenant.now();
      for (const { expiry } of sessionsOfUser(reader, tenant, userId)) if (expiry >= now) return true;
      return false;
    }),
  remove(transaction, app, tenants, userId) {
    for (const tenant of tenants) this.removeFromTenant?.(transaction, app, tenant, userId);
  },
  removeFromTenant(transaction, _, tenant, userId) {
    const sessions: SessionOfUser[] = [];
    for (const session of sessionsOfUser(transaction, tenant, userId)) {
      if (sessions.push(session) <= MOST_REMOVED) continue;
      throw new TooMuchAtOnce((store) =>
        eachSessionOfUser((work) => store.transact(work), tenant, userId, removeSession),
      );
    }
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

function userKey({ space, id, userId }: SessionOfUser): Key {
  return Buffer.concat([ofUser(space, userId), id]);
}

function expiryKey({ space, id, expiry }: SessionOfUser): Key {
  return Buffer.concat([SESSION_EXPIRIES, timeBytes(expiry), key(space), id]);
}
