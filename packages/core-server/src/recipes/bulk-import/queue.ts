import type { Reader, Transaction, Value } from '@supertokens-faunadb/store';
import { key, keysUnder, partsOf, timePart } from '../../storage/key.js';
import { EMPTY, getJson, parseJson } from '../../storage/value.js';
import type { Tenant } from '../../tenants/tenants.js';
import type { ImportedUser } from './import-user.js';

/** Whether a user still waits, or could not be imported. */
export type QueueStatus = 'NEW' | 'PROCESSING' | 'FAILED';

/** A user who waits for the import. */
export interface QueuedUser {
  readonly id: string;
  readonly user: ImportedUser;
  readonly status: QueueStatus;
  /** Why the import did not work. */
  readonly errorMessage?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export function encodeQueued(queued: QueuedUser): Value {
  return Buffer.from(JSON.stringify(queued));
}

export function getQueued(reader: Reader, app: Tenant, id: string): QueuedUser | undefined {
  return getJson<QueuedUser>(reader, recordKey(app, id));
}

/** @param value what {@link encodeQueued} returned, where that has been called before */
export function putQueued(
  transaction: Transaction,
  app: Tenant,
  queued: QueuedUser,
  value: Value = encodeQueued(queued),
): void {
  transaction.put(recordKey(app, queued.id), value);
  transaction.put(orderKey(app, queued), EMPTY);
}

/** @returns whether there was such a user */
export function removeQueued(transaction: Transaction, app: Tenant, id: string): boolean {
  const queued = getQueued(transaction, app, id);
  if (queued === undefined) return false;
  transaction.remove(recordKey(app, id));
  transaction.remove(orderKey(app, queued));
  return true;
}

/** The queued users with the bytes that each takes, newest first. @param from where to start */
export function* queuedUsers(
  reader: Reader,
  app: Tenant,
  from?: { readonly id: string; readonly createdAt: number },
): Generator<{ queued: QueuedUser; bytes: number }> {
  const range = keysUnder(app.space, 'import-order');
  const end = from === undefined ? range.end : Buffer.concat([orderKey(app, from), Buffer.of(0)]);
  for (const { key: entry } of reader.range({ start: range.start, end, reverse: true })) {
    const value = reader.get(recordKey(app, partsOf(entry).at(-1) as string));
    if (value !== undefined) yield { queued: parseJson<QueuedUser>(value), bytes: value.length };
  }
}

function recordKey(app: Tenant, id: string): Uint8Array {
  return key(app.space, 'import', id);
}

function orderKey(app: Tenant, { id, createdAt }: { readonly id: string; readonly createdAt: number }): Uint8Array {
  return key(app.space, 'import-order', timePart(createdAt), id);
}
