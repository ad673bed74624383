import type { Reader, Transaction } from '@supertokens-faunadb/store';
import { key, keysUnder, partsOf, timePart } from '../../storage/key.js';
import { EMPTY, getJson, putJson } from '../../storage/value.js';
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

export function getQueued(reader: Reader, app: Tenant, id: string): QueuedUser | undefined {
  return getJson<QueuedUser>(reader, recordKey(app, id));
}

export function putQueued(transaction: Transaction, app: Tenant, queued: QueuedUser): void {
  putJson(transaction, recordKey(app, queued.id), queued);
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

/** The queued users, newest first. @param from where to start */
export function* queuedUsers(
  reader: Reader,
  app: Tenant,
  from?: { readonly id: string; readonly createdAt: number },
): Generator<QueuedUser> {
  const range = keysUnder(app.space, 'import-order');
  const end = from === undefined ? range.end : Buffer.concat([orderKey(app, from), Buffer.of(0)]);
  for (const { key: entry } of reader.range({ start: range.start, end, reverse: true })) {
    const queued = getQueued(reader, app, partsOf(entry).at(-1) as string);
    if (queued !== undefined) yield queued;
  }
}

function recordKey(app: Tenant, id: string): Uint8Array {
  return key(app.space, 'import', id);
}

function orderKey(app: Tenant, { id, createdAt }: { readonly id: string; readonly createdAt: number }): Uint8Array {
  return key(app.space, 'import-order', timePart(createdAt), id);
}
