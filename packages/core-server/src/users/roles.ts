import type { Reader, Store, Transaction } from '@supertokens-faunadb/store';
import { eachEntry } from '../storage/each-entry.js';
import { key, keysUnder } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { parseJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import type { UserData } from './user-data.js';

/**
 * Roles and their permissions, which belong to an app, and who has them, which each tenant says for itself. Entries carry
 * the name that their key ends with, because a long one is not whole in the key.
 */
export class Roles {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Creates a role if it does not exist, and adds permissions. @returns whether it is new */
  async create(app: Tenant, role: string, permissions: readonly string[]): Promise<boolean> {
    return settled(
      this.#store.transact((transaction) => {
        const isNew = !exists(transaction, app, role);
        putJson(transaction, key(app.space, 'role', role), role);
        for (const permission of permissions) {
          putJson(transaction, key(app.space, 'permission-of-role', role, permission), permission);
          putJson(transaction, key(app.space, 'role-with-permission', permission, role), role);
        }
        return isNew;
      }),
    );
  }

  /**
   * Takes a role from all users and removes it. Both are done some at a time, the role itself last, so that a repeated call
   * completes one that was interrupted.
   *
   * @param tenants all of the app's
   */
  async remove(app: Tenant, tenants: readonly Tenant[], role: string): Promise<boolean> {
    await this.#removeAllPermissions(app, role);
    for (const tenant of tenants) {
      await this.#eachToRemove(tenant, ['user-with-role', role], (transaction, userId) =>
        removeFromUser(transaction, tenant, userId, role),
      );
    }
    return settled(
      this.#store.transact((transaction) => {
        const existed = exists(transaction, app, role);
        // What has been added since.
        removePermissions(transaction, app, role, names(transaction, app, 'permission-of-role', role));
        for (const tenant of tenants) {
          for (const userId of names(transaction, tenant, 'user-with-role', role)) {
            removeFromUser(transaction, tenant, userId, role);
          }
        }
        transaction.remove(key(app.space, 'role', role));
        return existed;
      }),
    );
  }

  async all(app: Tenant): Promise<string[]> {
    return this.#names(app, 'role');
  }

  /** @returns `undefined` when there is no such role */
  async permissions(app: Tenant, role: string): Promise<string[] | undefined> {
    return (await this.#exists(app, role)) ? this.#names(app, 'permission-of-role', role) : undefined;
  }

  /** @param permissions `undefined`: all. @returns whether there is such a role */
  async removePermissions(app: Tenant, role: string, permissions: readonly string[] | undefined): Promise<boolean> {
    if (permissions === undefined) await this.#removeAllPermissions(app, role);
    else await settled(this.#store.transact((transaction) => removePermissions(transaction, app, role, permissions)));
    return this.#exists(app, role);
  }

  async withPermission(app: Tenant, permission: string): Promise<string[]> {
    return this.#names(app, 'role-with-permission', permission);
  }

  /** @returns whether the user had it not; `undefined` when there is no such role */
  async addToUser(app: Tenant, tenant: Tenant, userId: string, role: string): Promise<boolean | undefined> {
    return settled(
      this.#store.transact((transaction) => {
        if (!exists(transaction, app, role)) return undefined;
        return addUserRole(transaction, tenant, userId, role);
      }),
    );
  }

  /** @returns whether the user had it; `undefined` when there is no such role */
  async removeFromUser(app: Tenant, tenant: Tenant, userId: string, role: string): Promise<boolean | undefined> {
    return settled(
      this.#store.transact((transaction) => {
        if (!exists(transaction, app, role)) return undefined;
        const had = transaction.get(key(tenant.space, 'role-of-user', userId, role)) !== undefined;
        removeFromUser(transaction, tenant, userId, role);
        return had;
      }),
    );
  }

  async ofUser(tenant: Tenant, userId: string): Promise<string[]> {
    return this.#names(tenant, 'role-of-user', userId);
  }

  /** @returns `undefined` when there is no such role */
  async users(app: Tenant, tenant: Tenant, role: string): Promise<string[] | undefined> {
    return (await this.#exists(app, role)) ? this.#names(tenant, 'user-with-role', role) : undefined;
  }

  #exists(app: Tenant, role: string): Promise<boolean> {
    return settled(this.#store.read((reader) => exists(reader, app, role)));
  }

  async #removeAllPermissions(app: Tenant, role: string): Promise<void> {
    await this.#eachToRemove(app, ['permission-of-role', role], (transaction, permission) =>
      removePermissions(transaction, app, role, [permission]),
    );
  }

  async #names({ space }: Tenant, ...parts: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    await eachEntry(
      (work) => this.#store.read(work),
      keysUnder(space, ...parts),
      (_, { value }) => found.push(parseJson<string>(value)) > 0,
    );
    return found;
  }

  async #eachToRemove(
    { space }: Tenant,
    parts: readonly string[],
    remove: (transaction: Transaction, name: string) => void,
  ): Promise<void> {
    const run: Store['transact'] = (work) => this.#store.transact(work);
    await eachEntry(run, keysUnder(space, ...parts), (transaction, { value }) => {
      remove(transaction, parseJson<string>(value));
      return true;
    });
  }
}

/** The names of an app's roles. */
export function roleNames(reader: Reader, app: Tenant): string[] {
  return names(reader, app, 'role');
}

/** Gives a user of a tenant a role that there is. @returns whether the user had it not */
export function addUserRole(transaction: Transaction, tenant: Tenant, userId: string, role: string): boolean {
  const place = key(tenant.space, 'role-of-user', userId, role);
  if (transaction.get(place) !== undefined) return false;
  putJson(transaction, place, role);
  putJson(transaction, key(tenant.space, 'user-with-role', role, userId), userId);
  return true;
}

export const ROLES_OF_USERS: UserData = {
  recipe: 'UserRoles',
  isUsed: (reader, _, tenants, userId) =>
    tenants.some((tenant) => names(reader, tenant, 'role-of-user', userId).length > 0),
  remove(transaction, app, tenants, userId) {
    for (const tenant of tenants) this.removeFromTenant?.(transaction, app, tenant, userId);
  },
  removeFromTenant(transaction, _, tenant, userId) {
    const roles = names(transaction, tenant, 'role-of-user', userId);
    for (const role of roles) removeFromUser(transaction, tenant, userId, role);
    return roles.length > 0;
  },
};

function exists(reader: Reader, app: Tenant, role: string): boolean {
  return reader.get(key(app.space, 'role', role)) !== undefined;
}

function names(reader: Reader, { space }: Tenant, ...parts: readonly string[]): string[] {
  return Array.from(reader.range(keysUnder(space, ...parts)), ({ value }) => parseJson<string>(value));
}

function removePermissions(transaction: Transaction, app: Tenant, role: string, permissions: readonly string[]): void {
  for (const permission of permissions) {
    transaction.remove(key(app.space, 'permission-of-role', role, permission));
    transaction.remove(key(app.space, 'role-with-permission', permission, role));
  }
}

function removeFromUser(transaction: Transaction, tenant: Tenant, userId: string, role: string): void {
  transaction.remove(key(tenant.space, 'role-of-user', userId, role));
  transaction.remove(key(tenant.space, 'user-with-role', role, userId));
}
