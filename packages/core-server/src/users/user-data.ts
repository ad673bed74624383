import type { Reader, Transaction } from '@supertokens-faunadb/store';
import type { Tenant } from '../tenants/tenants.js';
import type { LoginMethod } from './login-method.js';

/**
 * A recipe's data under a user's id, other than login methods. The id is the one that the application knows; the user need not
 * exist.
 */
export interface UserData {
  /** The recipe's name in messages, such as `UserMetadata`. */
  readonly recipe: string;
  /** Whether there are data under an id, so that the id must not be given to another user. */
  isUsed(reader: Reader, app: Tenant, tenants: readonly Tenant[], userId: string): boolean;
  /** Removes all of it; `tenants` are all of the app's. */
  remove(transaction: Transaction, app: Tenant, tenants: readonly Tenant[], userId: string): void;
  /** Removes what belongs to one tenant. @returns whether there was something */
  removeFromTenant?(transaction: Transaction, app: Tenant, tenant: Tenant, userId: string): boolean;
  /** Moves the data from a user's old id to the new one. */
  rename?(transaction: Transaction, app: Tenant, tenants: readonly Tenant[], from: string, to: string): void;
}

/** A recipe's data under a login method's own id, removed together with it. */
export interface LoginMethodData {
  remove(transaction: Transaction, app: Tenant, tenants: readonly Tenant[], method: LoginMethod): void;
}
