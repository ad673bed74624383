import type { Reader, Transaction } from '@supertokens-faunadb/store';
import { key } from '../storage/key.js';
import { getJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';

/** The external id of a user, in addition to the id from signing up. */
export interface UserIdMapping {
  readonly superTokensUserId: string;
  readonly externalUserId: string;
  readonly externalUserIdInfo: string | null;
}

/** Which of the two ids is given. */
export type UserIdType = 'SUPERTOKENS' | 'EXTERNAL' | 'ANY';

/** The mapping of an id. If two mappings contain it, the one of the user whose own id it is. */
export function findMapping(
  reader: Reader,
  app: Tenant,
  id: string,
  type: UserIdType = 'ANY',
): UserIdMapping | undefined {
  const byInternal = type === 'EXTERNAL' ? undefined : getJson<UserIdMapping>(reader, internalKey(app, id));
  if (byInternal !== undefined || type === 'SUPERTOKENS') return byInternal;
  const internal = getJson<string>(reader, externalKey(app, id));
  return internal === undefined ? undefined : getJson<UserIdMapping>(reader, internalKey(app, internal));
}

/** The external id of a login method's user; its own id if it has none. */
export function toExternalId(reader: Reader, app: Tenant, superTokensUserId: string): string {
  return findMapping(reader, app, superTokensUserId, 'SUPERTOKENS')?.externalUserId ?? superTokensUserId;
}

/** Stores a mapping. The caller has checked that neither id has another one. */
export function putMapping(transaction: Transaction, app: Tenant, mapping: UserIdMapping): void {
  putJson(transaction, internalKey(app, mapping.superTokensUserId), mapping);
  putJson(transaction, externalKey(app, mapping.externalUserId), mapping.superTokensUserId);
}

/** @returns whether there was such a mapping */
export function removeMapping(transaction: Transaction, app: Tenant, id: string, type: UserIdType): boolean {
  const mapping = findMapping(transaction, app, id, type);
  if (mapping === undefined) return false;
  transaction.remove(internalKey(app, mapping.superTokensUserId));
  transaction.remove(externalKey(app, mapping.externalUserId));
  return true;
}

function internalKey(app: Tenant, superTokensUserId: string): Uint8Array {
  return key(app.space, 'user-id-mapping', superTokensUserId);
}

function externalKey(app: Tenant, externalUserId: string): Uint8Array {
  return key(app.space, 'external-user-id', externalUserId);
}
