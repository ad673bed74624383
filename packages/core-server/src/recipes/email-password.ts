import type { Reader } from '@supertokens-faunadb/store';
import { checkHash, type HashingAlgorithm, type Passwords } from '../passwords/passwords.js';
import type { Tenant } from '../tenants/tenants.js';
import type { ActiveUsers } from '../users/active-users.js';
import { isTakenByPrimary } from '../users/linking-checks.js';
import { getLoginMethod, type LoginMethod, methodsByEmail } from '../users/login-method.js';
import { getUser, isUserId, type User, usersByEmail } from '../users/user.js';
import { addLoginMethod, changeLoginMethod } from '../users/user-changes.js';
import { toExternalId } from '../users/user-id-mapping.js';
import { resolveKnownId, toOwnId } from '../users/user-ids.js';
import type { UserView } from '../users/user-json.js';
import type { Users } from '../users/users.js';
import { setEmailVerified } from '../users/verified-emails.js';
import { hasByEmail, type Login, loginOf, ofMethod } from './login.js';
import { addResetToken, getResetToken, takeResetToken } from './reset-tokens.js';

/** Why an email or a password cannot be changed. */
export type ChangeRefusal = 'unknown user' | 'email taken' | 'email of a primary user';

/** Login with an email and a password. */
export class EmailPassword {
  readonly #users: Users;
  readonly #passwords: Passwords;
  readonly #activeUsers: ActiveUsers;

  constructor(users: Users, passwords: Passwords, activeUsers: ActiveUsers) {
    this.#users = users;
    this.#passwords = passwords;
    this.#activeUsers = activeUsers;
  }

  /** @param email normalised. @returns `undefined` when it is taken in the tenant */
  async signUp(app: Tenant, tenant: Tenant, email: string, password: string): Promise<Login | undefined> {
    const passwordHash = await this.#passwords.hash(password, app.settings);
    return this.#users.transact((transaction) => {
      const method = addLoginMethod(transaction, app, [tenant], { recipe: 'emailpassword', email, passwordHash });
      if (typeof method === 'string') return undefined;
      if (isFakeEmail(email)) setEmailVerified(transaction, app, method.id, email);
      this.#activeUsers.note(transaction, app.app, method.id, method.timeJoined);
      return loginOf(transaction, this.#users, app, method);
    });
  }

  /**
   * @returns `undefined` if the tenant has no such user or the password is wrong
   * @throws SignerKeyMissing when the password's hash is one of Firebase's, and the app's key is gone
   */
  async signIn(app: Tenant, tenant: Tenant, email: string, password: string): Promise<Login | undefined> {
    const method = await this.#users.read((reader) => methodByEmail(reader, app, tenant, email));
    const hash = method?.passwordHash;
    if (method === undefined || hash === undefined) return undefined;
    if (!(await this.#passwords.verify(password, hash, app.settings))) return undefined;
    return this.#users.transact((transaction) => {
      // Meanwhile the user may have been removed, or have got another password.
      if (getLoginMethod(transaction, app, method.id)?.passwordHash !== hash) return undefined;
      const login = loginOf(transaction, this.#users, app, method);
      this.#activeUsers.note(transaction, app.app, login.ownUserId, app.now());
      return login;
    });
  }

  /**
   * Creates a user from a password hash, or sets the hash of the user with the email.
   *
   * @throws UnsupportedHash
   * @throws SignerKeyMissing
   */
  async importHash(
    app: Tenant,
    tenant: Tenant,
    email: string,
    passwordHash: string,
    algorithm: HashingAlgorithm | undefined,
  ): Promise<{ user: UserView; wasThere: boolean }> {
    checkHash(passwordHash, algorithm, app.settings);
    return this.#users.transact((transaction) => {
      const existing = methodByEmail(transaction, app, tenant, email);
      if (existing !== undefined) changeLoginMethod(transaction, app, existing, { passwordHash });
      const method =
        existing ?? addLoginMethod(transaction, app, [tenant], { recipe: 'emailpassword', email, passwordHash });
      const { user } = loginOf(transaction, this.#users, app, method as LoginMethod);
      return { user, wasThere: existing !== undefined };
    });
  }

  /** The user of a login method of this recipe, with this login method alone. */
  async byId(app: Tenant, id: string): Promise<UserView | undefined> {
    return this.#users.read((reader) => {
      const user = ofMethod(reader, app, toOwnId(reader, app, id), 'emailpassword');
      return user && this.#users.view(reader, app, user);
    });
  }

  async byEmail(app: Tenant, tenant: Tenant, email: string): Promise<UserView | undefined> {
    return this.#users.read((reader) => {
      // Of a user who is in the tenant by another login method the one of this recipe may be elsewhere.
      const user = usersByEmail(reader, app, email, tenant).find((each) => hasByEmail(each, 'emailpassword', email));
      return user && this.#users.view(reader, app, user);
    });
  }

  /** Changes the email, the password, or both. */
  async change(
    app: Tenant,
    id: string,
    email: string | undefined,
    password: string | undefined,
  ): Promise<ChangeRefusal | undefined> {
    const isKnown = await this.#users.read((reader) => methodToChange(reader, app, id) !== undefined);
    if (!isKnown) return 'unknown user';
    const passwordHash = password === undefined ? undefined : await this.#passwords.hash(password, app.settings);
    return this.#users.transact((transaction) => {
      const method = methodToChange(transaction, app, id);
      if (method === undefined) return 'unknown user';
      const user = getUser(transaction, app, method.id) as User;
      if (email !== undefined && isTakenByPrimary(transaction, app, user, { email })) return 'email of a primary user';
      const clash = changeLoginMethod(transaction, app, method, {
        ...(email !== undefined && { email }),
        ...(passwordHash !== undefined && { passwordHash }),
      });
      return clash && 'email taken';
    });
  }

  /**
   * Makes a token that resets the password of a login method.
   *
   * @param email the token's email; by default the login method's
   * @returns `undefined` when there is no such user; `linked`, when it is not given and the user has several login methods
   */
  async createResetToken(
    app: Tenant,
    tenant: Tenant,
    id: string,
    email: string | undefined,
  ): Promise<{ token: string } | 'linked' | undefined> {
    return this.#users.transact((transaction) => {
      const own = resolveKnownId(transaction, app, id)?.id;
      if (own === undefined || !isUserId(transaction, app, own)) return undefined;
      let tokenEmail = email;
      if (tokenEmail === undefined) {
        const [first, ...others] = getUser(transaction, app, own)?.loginMethods ?? [];
        if (others.length > 0) return 'linked';
        if (first?.recipe !== 'emailpassword' || first.email === undefined) return undefined;
        tokenEmail = first.email;
      }
      const expiry = app.now() + tenant.settings.password_reset_token_lifetime;
      return { token: addResetToken(transaction, app, { userId: own, email: tokenEmail, expiry }) };
    });
  }

  /** Uses up a token. @returns its user; `undefined` when the token does not exist or has expired */
  async consumeResetToken(app: Tenant, token: string): Promise<{ userId: string; email: string } | undefined> {
    return this.#users.transact((transaction) => {
      const taken = takeResetToken(transaction, app, token);
      return taken && { userId: toExternalId(transaction, app, taken.userId), email: taken.email };
    });
  }

  /** Uses up a token and changes the password. @returns its user; `undefined` when the token does not exist or has expired */
  async resetPassword(app: Tenant, token: string, password: string): Promise<string | undefined> {
    if ((await this.#users.read((reader) => getResetToken(reader, app, token))) === undefined) return undefined;
    const passwordHash = await this.#passwords.hash(password, app.settings);
    return this.#users.transact((transaction) => {
      const taken = takeResetToken(transaction, app, token);
      if (taken === undefined) return undefined;
      const method = getLoginMethod(transaction, app, taken.userId);
      if (method?.recipe === 'emailpassword') changeLoginMethod(transaction, app, method, { passwordHash });
      return toExternalId(transaction, app, taken.userId);
    });
  }
}

/** Emails that SDKs make up for users who have none are verified from the beginning. */
function isFakeEmail(email: string): boolean {
  return email.endsWith('@stfakeemail.supertokens.com') || email.endsWith('.fakeemail.com');
}

function methodByEmail(reader: Reader, app: Tenant, tenant: Tenant, email: string): LoginMethod | undefined {
  return methodsByEmail(reader, app, email, tenant).find(({ recipe }) => recipe === 'emailpassword');
}

function methodToChange(reader: Reader, app: Tenant, id: string): LoginMethod | undefined {
  const method = getLoginMethod(reader, app, toOwnId(reader, app, id));
  return method?.recipe === 'emailpassword' ? method : undefined;
}
