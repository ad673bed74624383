import type { Transaction } from '@supertokens-faunadb/store';
import type { Tenant } from '../tenants/tenants.js';
import { getLoginMethod } from './login-method.js';
import { getUser, isUserId } from './user.js';
import { dropLoginMethod } from './user-changes.js';
import type { LoginMethodData, UserData } from './user-data.js';
import { findMapping, removeMapping, toExternalId, type UserIdMapping } from './user-id-mapping.js';

/** An app, its tenants and the recipes that store data for its users. */
export interface AppUserData {
  readonly app: Tenant;
  /** All of the app's. */
  readonly tenants: readonly Tenant[];
  readonly userData: readonly UserData[];
  readonly loginMethodData: readonly LoginMethodData[];
}

/**
 * Removes a login method with what was kept for it, or all login methods of its user. What is kept under the primary user's id
 * goes with the last of them. That id stays the user's, even when the login method that it is from is removed.
 *
 * @param mapping of `id`, where there is one: it may be the one by whose external id the user is meant
 */
export function removeUser(
  transaction: Transaction,
  appData: AppUserData,
  id: string,
  removesAllLinked: boolean,
  mapping: UserIdMapping | undefined,
): void {
  const { app } = appData;
  // An external id that is another user's id as well: what is kept under it is the other one's.
  const isShared = mapping !== undefined && isUserId(transaction, app, mapping.externalUserId);
  const methodId = mapping === undefined || isShared ? id : mapping.superTokensUserId;
  let ownDataId = isShared ? undefined : (mapping?.externalUserId ?? id);
  const user = getUser(transaction, app, methodId);
  if (user === undefined) return;
  const isPrimaryItself = user.id === methodId;
  let userDataId: string | undefined;
  if (removesAllLinked || user.loginMethods.length === 1) {
    if (isPrimaryItself && ownDataId === undefined) {
      removeMethod(transaction, appData, user.id, false);
      return;
    }
    userDataId = isPrimaryItself ? ownDataId : toExternalId(transaction, app, user.id);
  } else if (isPrimaryItself) ownDataId = undefined;

  if (removesAllLinked) {
    for (const method of user.loginMethods) {
      const own = method.id === methodId ? mapping : findMapping(transaction, app, method.id, 'SUPERTOKENS');
      removeUser(transaction, appData, method.id, false, own);
    }
    return;
  }
  removeMethod(transaction, appData, methodId, isPrimaryItself);
  if (ownDataId !== undefined) removeData(transaction, appData, ownDataId);
  if (userDataId !== undefined) {
    removeData(transaction, appData, userDataId);
    removeMethod(transaction, appData, user.id, false);
  }
}

function removeMethod(transaction: Transaction, appData: AppUserData, id: string, keepsId: boolean): void {
  const { app, tenants, loginMethodData } = appData;
  const method = getLoginMethod(transaction, app, id);
  if (method !== undefined) for (const data of loginMethodData) data.remove(transaction, app, tenants, method);
  dropLoginMethod(transaction, app, id, keepsId);
  if (!keepsId) removeMapping(transaction, app, id, 'SUPERTOKENS');
}

function removeData(transaction: Transaction, { app, tenants, userData }: AppUserData, userId: string): void {
  for (const data of userData) data.remove(transaction, app, tenants, userId);
}
