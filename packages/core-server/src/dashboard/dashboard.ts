import { randomUUID } from 'node:crypto';
import type { Key, Reader, Store, Transaction } from '@supertokens-faunadb/store';
import type { Passwords } from '../passwords/passwords.js';
import { removeLater } from '../storage/expiries.js';
import { key, keysUnder } from '../storage/key.js';
import { settled } from '../storage/settled.js';
import { getJson, parseJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';

/** A user of an app's dashboard. */
export interface DashboardUser {
  readonly userId: string;
  readonly email: string;
  readonly passwordHash: string;
  /** Milliseconds since the epoch. */
  readonly timeJoined: number;
}

/** Ids of sessions are not hashed, because the dashboard lists them. */
export interface DashboardSession {
  readonly userId: string;
  readonly sessionId: string;
  /** Milliseconds since the epoch. */
  readonly timeCreated: number;
  readonly expiry: number;
}

const SESSION_LIFETIME = 30 * 24 * 3_600_000;

/** Who may use the dashboards of apps, and their sessions there. */
export class Dashboard {
  readonly #store: Store;
  readonly #passwords: Passwords;

  constructor(store: Store, passwords: Passwords) {
    this.#store = store;
    this.#passwords = passwords;
  }

  /** @returns `undefined` when the email is taken */
  async createUser(app: Tenant, email: string, password: string): Promise<DashboardUser | undefined> {
    if ((await this.userByEmail(app, email)) !== undefined) return undefined;
    const passwordHash = await this.#passwords.hash(password, app.settings);
    return settled(
      this.#store.transact((transaction) => {
        if (getByEmail(transaction, app, email) !== undefined) return undefined;
        const user = { userId: randomUUID(), email, passwordHash, timeJoined: app.now() };
        putUser(transaction, app, user);
        return user;
      }),
    );
  }

  /** In the order in which they joined. */
  async users(app: Tenant): Promise<DashboardUser[]> {
    const users = await settled(
      this.#store.read((reader) =>
        Array.from(reader.range(keysUnder(app.space, 'dashboard-user')), ({ value }) =>
          parseJson<DashboardUser>(value),
        ),
      ),
    );
    return users.sort((one, other) => one.timeJoined - other.timeJoined);
  }

  async userByEmail(app: Tenant, email: string): Promise<DashboardUser | undefined> {
    return settled(this.#store.read((reader) => getByEmail(reader, app, email)));
  }

  /** Changes email, password or both, and ends the user's sessions. */
  async updateUser(
    app: Tenant,
    userId: string,
    { email, password }: { readonly email: string | undefined; readonly password: string | undefined },
  ): Promise<DashboardUser | 'unknown user' | 'email taken'> {
    const passwordHash = password === undefined ? undefined : await this.#passwords.hash(password, app.settings);
    return settled(
      this.#store.transact((transaction) => {
        const user = getUser(transaction, app, userId);
        if (user === undefined) return 'unknown user';
        const owner = email === undefined ? undefined : getByEmail(transaction, app, email);
        if (owner !== undefined && owner.userId !== userId) return 'email taken';
        const changed = {
          ...user,
          ...(email !== undefined && { email }),
          ...(passwordHash !== undefined && { passwordHash }),
        };
        transaction.remove(emailKey(app, user.email));
        putUser(transaction, app, changed);
        removeSessions(transaction, app, userId);
        return changed;
      }),
    );
  }

  /** @returns whether there was such a user */
  async removeUser(app: Tenant, userId: string): Promise<boolean> {
    return settled(
      this.#store.transact((transaction) => {
        const user = getUser(transaction, app, userId);
        if (user === undefined) return false;
        removeSessions(transaction, app, userId);
        transaction.remove(emailKey(app, user.email));
        transaction.remove(userKey(app, userId));
        return true;
      }),
    );
  }

  /** @returns the id of a new session; `undefined` if the user does not exist or the password is wrong */
  async signIn(app: Tenant, email: string, password: string): Promise<string | undefined> {
    const user = await this.userByEmail(app, email);
    if (user === undefined || !(await this.#passwords.verify(password, user.passwordHash, app.settings)))
      return undefined;
    return settled(
      this.#store.transact((transaction) => {
        // The password may have been changed while it was checked.
        if (getUser(transaction, app, user.userId)?.passwordHash !== user.passwordHash) return undefined;
        const timeCreated = app.now();
        const expiry = timeCreated + SESSION_LIFETIME;
        const session = { userId: user.userId, sessionId: randomUUID(), timeCreated, expiry };
        const keys = keysOf(app, session);
        for (const name of keys) putJson(transaction, name, session);
        removeLater(transaction, expiry, keys);
        return session.sessionId;
      }),
    );
  }

  /** The user of a session. @returns `undefined` when the session does not exist or has expired */
  async userOfSession(app: Tenant, sessionId: string): Promise<DashboardUser | undefined> {
    const now = app.now();
    return settled(
      this.#store.read((reader) => {
        const session = getJson<DashboardSession>(reader, sessionKey(app, sessionId));
        return session === undefined || session.expiry < now ? undefined : getUser(reader, app, session.userId);
      }),
    );
  }

  async sessionsOf(app: Tenant, userId: string): Promise<DashboardSession[]> {
    const now = app.now();
    const sessions = await settled(this.#store.read((reader) => sessionsOf(reader, app, userId)));
    return sessions.filter(({ expiry }) => expiry >= now);
  }

  /** @returns whether there was such a session */
  async removeSession(app: Tenant, sessionId: string): Promise<boolean> {
    return settled(
      this.#store.transact((transaction) => {
        const session = getJson<DashboardSession>(transaction, sessionKey(app, sessionId));
        if (session === undefined) return false;
        for (const name of keysOf(app, session)) transaction.remove(name);
        return true;
      }),
    );
  }
}

function putUser(transaction: Transaction, app: Tenant, user: DashboardUser): void {
  putJson(transaction, userKey(app, user.userId), user);
  putJson(transaction, emailKey(app, user.email), user.userId);
}

function getUser(reader: Reader, app: Tenant, userId: string): DashboardUser | undefined {
  return getJson<DashboardUser>(reader, userKey(app, userId));
}

function getByEmail(reader: Reader, app: Tenant, email: string): DashboardUser | undefined {
  const userId = getJson<string>(reader, emailKey(app, email));
  return userId === undefined ? undefined : getUser(reader, app, userId);
}

function sessionsOf(reader: Reader, app: Tenant, userId: string): DashboardSession[] {
  return Array.from(reader.range(keysUnder(app.space, 'dashboard-session-of-user', userId)), ({ value }) =>
    parseJson<DashboardSession>(value),
  );
}

function removeSessions(transaction: Transaction, app: Tenant, userId: string): void {
  for (const session of sessionsOf(transaction, app, userId)) {
    for (const name of keysOf(app, session)) transaction.remove(name);
  }
}

function userKey(app: Tenant, userId: string): Key {
  return key(app.space, 'dashboard-user', userId);
}

function emailKey(app: Tenant, email: string): Key {
  return key(app.space, 'dashboard-user-of-email', email);
}

function sessionKey(app: Tenant, sessionId: string): Key {
  return key(app.space, 'dashboard-session', sessionId);
}

function keysOf(app: Tenant, { userId, sessionId }: DashboardSession): Key[] {
  return [sessionKey(app, sessionId), key(app.space, 'dashboard-session-of-user', userId, sessionId)];
}
