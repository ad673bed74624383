import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/bcrypt';
import type { Reader, Store, Transaction } from '@supertokens-faunadb/store';
import { key, keysUnder, partsOf, timePart } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { EMPTY, getJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';

/** Somebody who signed up with email and password. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
  /** The spaces of the tenants that the user belongs to. */
  readonly tenants: readonly string[];
  /** Milliseconds since the epoch. */
  readonly timeJoined: number;
}

/** Where a page of users begins. */
export interface Place {
  readonly timeJoined: number;
  readonly id: string;
}

/** The users of apps. They belong to an app, and in each of their tenants their email is theirs alone. */
export class Users {
  constructor(private readonly store: Store) {}

  /** @returns `undefined` when the email is taken in the tenant */
  async signUp(app: Tenant, tenant: Tenant, email: string, password: string): Promise<User | undefined> {
    const passwordHash = await hash(password, app.settings.bcrypt_log_rounds);
    return settled(
      this.store.transact((transaction) => {
        if (idOfEmail(transaction, tenant, email) !== undefined) return undefined;
        const user = { id: randomUUID(), email, passwordHash, tenants: [tenant.space], timeJoined: Date.now() };
        putJson(transaction, key(app.space, 'user', user.id), user);
        enterTenant(transaction, tenant.space, user);
        return user;
      }),
    );
  }

  /** @returns `undefined` when there is no such user in the tenant, or the password is another */
  async signIn(app: Tenant, tenant: Tenant, email: string, password: string): Promise<User | undefined> {
    const user = await this.byEmail(app, tenant, email);
    return user !== undefined && (await verify(password, user.passwordHash)) ? user : undefined;
  }

  async byEmail(app: Tenant, tenant: Tenant, email: string): Promise<User | undefined> {
    return settled(
      this.store.read((reader) => {
        const id = idOfEmail(reader, tenant, email);
        return id === undefined ? undefined : getUser(reader, app, id);
      }),
    );
  }

  async get(app: Tenant, id: string): Promise<User | undefined> {
    return settled(this.store.read((reader) => getUser(reader, app, id)));
  }

  /** A page of a tenant's users in the order in which they joined, and where the next page begins. */
  async list(
    app: Tenant,
    tenant: Tenant,
    page: { readonly limit: number; readonly newestFirst: boolean; readonly from: Place | undefined },
  ): Promise<{ users: User[]; next: Place | undefined }> {
    const { limit, newestFirst, from } = page;
    const all = keysUnder(tenant.space, 'user-by-time');
    const at = from && Buffer.from(timeKey(tenant.space, from));
    const bound = at && (newestFirst ? { end: Buffer.concat([at, Buffer.of(0)]) } : { start: at });
    return settled(
      this.store.read((reader) => {
        const users: User[] = [];
        for (const { key: entry } of reader.range({ ...all, ...bound, reverse: newestFirst })) {
          const user = getUser(reader, app, partsOf(entry)[3] as string);
          if (user === undefined) continue;
          if (users.length === limit) return { users, next: user };
          users.push(user);
        }
        return { users, next: undefined };
      }),
    );
  }

  async count(tenants: readonly Tenant[]): Promise<number> {
    return settled(
      this.store.read((reader) => {
        const ids = new Set<string>();
        for (const { space } of tenants) {
          for (const { key: entry } of reader.range(keysUnder(space, 'user-by-time')))
            ids.add(partsOf(entry)[3] as string);
        }
        return ids.size;
      }),
    );
  }

  async addToTenant(
    app: Tenant,
    tenant: Tenant,
    id: string,
  ): Promise<'unknown user' | 'email taken' | 'was there' | 'added'> {
    return settled(
      this.store.transact((transaction) => {
        const user = getUser(transaction, app, id);
        if (user === undefined) return 'unknown user';
        if (user.tenants.includes(tenant.space)) return 'was there';
        if (idOfEmail(transaction, tenant, user.email) !== undefined) return 'email taken';
        putJson(transaction, key(app.space, 'user', id), { ...user, tenants: [...user.tenants, tenant.space] });
        enterTenant(transaction, tenant.space, user);
        return 'added';
      }),
    );
  }

  async removeFromTenant(
    app: Tenant,
    tenant: Tenant,
    id: string,
  ): Promise<'unknown user' | 'was not there' | 'removed'> {
    return settled(
      this.store.transact((transaction) => {
        const user = getUser(transaction, app, id);
        if (user === undefined) return 'unknown user';
        if (!user.tenants.includes(tenant.space)) return 'was not there';
        const tenants = user.tenants.filter((space) => space !== tenant.space);
        putJson(transaction, key(app.space, 'user', id), { ...user, tenants });
        leaveTenant(transaction, tenant.space, user);
        return 'removed';
      }),
    );
  }

  async remove(app: Tenant, id: string): Promise<void> {
    await settled(
      this.store.transact((transaction) => {
        const user = getUser(transaction, app, id);
        if (user === undefined) return;
        transaction.remove(key(app.space, 'user', id));
        for (const space of user.tenants) leaveTenant(transaction, space, user);
      }),
    );
  }
}

function getUser(reader: Reader, app: Tenant, id: string): User | undefined {
  return getJson<User>(reader, key(app.space, 'user', id));
}

function idOfEmail(reader: Reader, tenant: Tenant, email: string): string | undefined {
  return getJson<string>(reader, key(tenant.space, 'user-of-email', email));
}

function enterTenant(transaction: Transaction, space: string, user: User): void {
  putJson(transaction, key(space, 'user-of-email', user.email), user.id);
  transaction.put(timeKey(space, user), EMPTY);
}

function leaveTenant(transaction: Transaction, space: string, user: User): void {
  transaction.remove(key(space, 'user-of-email', user.email));
  transaction.remove(timeKey(space, user));
}

function timeKey(space: string, { timeJoined, id }: Place): Uint8Array {
  return key(space, 'user-by-time', timePart(timeJoined), id);
}
