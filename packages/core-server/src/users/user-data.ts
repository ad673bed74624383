import type { Reader, Transaction } from '@supertokens-faunadb/store';
import type { Tenant } from '../tenants/tenants.js';
import type { LoginMethod } from './login-method.js';

/**
 * What a recipe keeps under a user's id, other than how the user logs in. The id is the one by which the application knows
 * the user, and there need not be such a user.
 */
export interface UserData {
  /** As messages call the recipe, such as `UserMetadata`. */
  readonly recipe: string;
  /** Whether there is something under an id, so that the id must not come to mean another user. */
  isUsed(reader: Reader, app: Tenant, tenants: readonly Tenant[], userId: string): boolean;
  /** Removes all of it; `tenants` are all of the app's. */
  remove(transaction: Transaction, app: Tenant, tenants: readonly Tenant[], userId: string): void;
  /** Removes what belongs to one tenant. @returns whether there was something */
  removeFromTenant?(transaction: Transaction, app: Tenant, tenant: Tenant, userId: string): boolean;
  /** Brings what is there under the id that a user has had over to the one by which the application knows the user from now on. */
  rename?(transaction: Transaction, app: Tenant, tenants: readonly Tenant[], from: string, to: string): void;
}

/** What a recipe keeps with a login method, under its own id, and which goes with it. */
export interface LoginMethodData {
  remove(transaction: Transaction, app: Tenant, tenants: readonly Tenant[], method: LoginMethod): void;
}
