import type { Reader } from '@supertokens-faunadb/store';
import { BadRequest } from '../common/errors.js';
import type { JsonObject } from '../json/json.js';
import type { Tenant, Tenants } from '../tenants/tenants.js';
import type { ActiveUsers } from '../users/active-users.js';
import { getLoginMethod } from '../users/login-method.js';
import { getUser, isIn, type User, usersByEmail } from '../users/user.js';
import { addLoginMethod, changeLoginMethod } from '../users/user-changes.js';
import { toExternalId } from '../users/user-id-mapping.js';
import { toOwnId } from '../users/user-ids.js';
import type { UserView } from '../users/user-json.js';
import type { Users } from '../users/users.js';
import { credentialIdOf, type Expected, verifyAssertion, verifyCounter, verifyRegistration } from './ceremonies.js';
import {
  type Credential,
  credentialsOf,
  findCredential,
  isCredential,
  putCredential,
  removeCredential,
  updateCredentialIds,
} from './credentials.js';
import { getOptions, type NewOptions, putOptions, removeOptions, type WebauthnOptions } from './options.js';
import { getRecovery, isMember, putRecovery, removeRecoveries } from './recovery.js';

/** Who has signed up or in. */
export interface WebauthnLogin {
  readonly user: UserView;
  /** The login method's id for the application. */
  readonly recipeUserId: string;
  readonly options: WebauthnOptions;
  readonly credentialId: string;
}

/** Login with an authenticator, such as a passkey. */
export class Webauthn {
  readonly #users: Users;
  readonly #tenants: Tenants;
  readonly #activeUsers: ActiveUsers;

  constructor(users: Users, tenants: Tenants, activeUsers: ActiveUsers) {
    this.#users = users;
    this.#tenants = tenants;
    this.#activeUsers = activeUsers;
  }

  /**
   * Creates options from checked input.
   *
   * @returns them, and the id of whom they are for: the user with the email or, where there is none, one like the options'
   */
  async createOptions(
    app: Tenant,
    tenant: Tenant,
    given: NewOptions,
  ): Promise<{ options: WebauthnOptions; userId: string }> {
    return this.#users.transact((transaction) => {
      const options = putOptions(transaction, app, tenant, given);
      const [user] = given.email === null ? [] : usersByEmail(transaction, app, given.email, tenant);
      return { options, userId: user?.id ?? options.id };
    });
  }

  async options(app: Tenant, tenant: Tenant, id: string): Promise<WebauthnOptions | undefined> {
    return this.#users.read((reader) => optionsIn(reader, app, tenant, id));
  }

  /** @returns whether there were such options */
  async removeOptions(app: Tenant, tenant: Tenant, id: string): Promise<boolean> {
    return this.#users.transact((transaction) => {
      if (optionsIn(transaction, app, tenant, id) === undefined) return false;
      removeOptions(transaction, app, id);
      return true;
    });
  }

  /**
   * Makes a user with a credential.
   *
   * @param optionsId of any tenant of the app
   * @throws CredentialRefused when it does not answer to the options
   * @throws BadRequest if the credential exists already, or the options are for signing in
   */
  async signUp(
    app: Tenant,
    tenant: Tenant,
    optionsId: string,
    credential: JsonObject,
  ): Promise<WebauthnLogin | 'no options' | 'expired' | 'email taken'> {
    const options = await this.#anyOptions(app, optionsId);
    if (options === undefined) return 'no options';
    const credentialId = credentialIdOf(credential);
    if (options.expiresAt < app.now()) return 'expired';
    const { rpId, email } = options;
    const registration = verifyRegistration(credential, expectedBy(options));
    if (email === null) throw new BadRequest('These options have no email: they are to sign in');
    return this.#users.transact((transaction) => {
      const content = { recipe: 'webauthn', email, credentialIds: [credentialId] } as const;
      const method = addLoginMethod(transaction, app, [tenant], content);
      if (typeof method !== 'object') return 'email taken';
      if (isCredential(transaction, app, rpId, credentialId)) throw credentialTaken();
      putCredential(transaction, app, newCredential(app, credentialId, rpId, method.id, registration));
      this.#activeUsers.note(transaction, app.app, method.id, app.now());
      const user = getUser(transaction, app, method.id) as User;
      return { user: this.#users.view(transaction, app, user), recipeUserId: method.id, options, credentialId };
    });
  }

  /**
   * @param optionsId of any tenant of the app
   * @throws CredentialRefused when it does not answer to the options
   */
  async signIn(
    app: Tenant,
    optionsId: string,
    credential: JsonObject,
  ): Promise<WebauthnLogin | 'no options' | 'expired' | 'no credential'> {
    const options = await this.#anyOptions(app, optionsId);
    if (options === undefined) return 'no options';
    const credentialId = credentialIdOf(credential);
    return this.#users.transact((transaction) => {
      const stored = findCredential(transaction, app, credentialId);
      if (stored === undefined) return 'no credential';
      if (options.expiresAt < app.now()) return 'expired';
      const counter = verifyAssertion(credential, Buffer.from(stored.publicKey, 'base64'), expectedBy(options));
      verifyCounter(counter, stored.counter);
      putCredential(transaction, app, { ...stored, counter, updatedAt: app.now() });
      const user = getUser(transaction, app, stored.recipeUserId) as User;
      this.#activeUsers.note(transaction, app.app, user.id, app.now());
      const recipeUserId = toExternalId(transaction, app, stored.recipeUserId);
      return { user: this.#users.view(transaction, app, user), recipeUserId, options, credentialId };
    });
  }

  /**
   * Gives a user one more credential.
   *
   * @throws CredentialRefused when it does not answer to the options
   */
  async registerCredential(
    app: Tenant,
    tenant: Tenant,
    userId: string,
    optionsId: string,
    credential: JsonObject,
  ): Promise<
    | { readonly options: WebauthnOptions; readonly credentialId: string }
    | 'no options'
    | 'expired'
    | 'credential taken'
    | 'unknown user'
  > {
    const options = await this.options(app, tenant, optionsId);
    if (options === undefined) return 'no options';
    const credentialId = credentialIdOf(credential);
    if (options.expiresAt < app.now()) return 'expired';
    const registration = verifyRegistration(credential, expectedBy(options));
    return this.#users.transact((transaction) => {
      const { rpId } = options;
      if (isCredential(transaction, app, rpId, credentialId)) return 'credential taken';
      const method = getLoginMethod(transaction, app, toOwnId(transaction, app, userId));
      if (method?.recipe !== 'webauthn') return 'unknown user';
      putCredential(transaction, app, newCredential(app, credentialId, rpId, method.id, registration));
      updateCredentialIds(transaction, app, method.id);
      return { options, credentialId };
    });
  }

  /** The credentials of a login method, the oldest first. */
  async credentials(app: Tenant, userId: string): Promise<Credential[]> {
    return this.#users.read((reader) => credentialsOf(reader, app, toOwnId(reader, app, userId)));
  }

  async credential(app: Tenant, userId: string, credentialId: string): Promise<Credential | undefined> {
    return (await this.credentials(app, userId)).find(({ id }) => id === credentialId);
  }

  /** @returns whether the login method had such a credential */
  async removeCredential(app: Tenant, userId: string, credentialId: string): Promise<boolean> {
    return this.#users.transact((transaction) => {
      const credentials = credentialsOf(transaction, app, toOwnId(transaction, app, userId));
      const credential = credentials.find(({ id }) => id === credentialId);
      if (credential !== undefined) removeCredential(transaction, app, credential);
      return credential !== undefined;
    });
  }

  async changeEmail(
    app: Tenant,
    userId: string,
    email: string,
  ): Promise<'changed' | 'unknown user' | 'email taken' | 'other primary user'> {
    return this.#users.transact((transaction) => {
      const id = toOwnId(transaction, app, userId);
      const method = getLoginMethod(transaction, app, id);
      const user = getUser(transaction, app, id);
      if (user === undefined || method?.recipe !== 'webauthn') return 'unknown user';
      if (user.isPrimary && hasOtherPrimary(transaction, app, user, email)) return 'other primary user';
      return changeLoginMethod(transaction, app, method, { email }) === undefined ? 'changed' : 'email taken';
    });
  }

  /**
   * @returns a token, to be sent to the email; `undefined` when there is no such user
   * @throws BadRequest when the user is not in the tenant
   */
  async createRecoveryToken(app: Tenant, tenant: Tenant, userId: string, email: string): Promise<string | undefined> {
    return this.#users.transact((transaction) => {
      const id = toOwnId(transaction, app, userId);
      if (getUser(transaction, app, id) === undefined) return undefined;
      if (!isMember(transaction, app, tenant, id)) throw new BadRequest('The user does not belong to this tenant');
      return putRecovery(transaction, tenant, id, email);
    });
  }

  /** A token's user, and the user's WebAuthn login method in the tenant, if any. */
  async userOfRecoveryToken(
    app: Tenant,
    tenant: Tenant,
    token: string,
  ): Promise<{ user: UserView; recipeUserId: string | null } | undefined> {
    return this.#users.read((reader) => {
      const recovery = getRecovery(reader, app, tenant, token);
      const user = recovery && getUser(reader, app, recovery.userId);
      if (user === undefined) return undefined;
      const view = this.#users.view(reader, app, user);
      const methods = view.loginMethods.filter(
        ({ method, tenantIds }) => method.recipe === 'webauthn' && tenantIds.includes(tenant.id),
      );
      return { user: view, recipeUserId: methods.at(-1)?.id ?? null };
    });
  }

  /** Uses a token up, with all others for the same email. */
  async consumeRecoveryToken(
    app: Tenant,
    tenant: Tenant,
    token: string,
  ): Promise<{ userId: string; email: string } | undefined> {
    return this.#users.transact((transaction) => {
      const recovery = getRecovery(transaction, app, tenant, token);
      if (recovery === undefined) return undefined;
      removeRecoveries(transaction, tenant, recovery.email);
      return { userId: toExternalId(transaction, app, recovery.userId), email: recovery.email };
    });
  }

  async #anyOptions(app: Tenant, id: string): Promise<WebauthnOptions | undefined> {
    const options = await this.#users.read((reader) => getOptions(reader, app, id));
    const isThere = this.#tenants.ofApp(app.app).some(({ space }) => space === options?.tenant);
    return isThere ? options : undefined;
  }
}

function optionsIn(reader: Reader, app: Tenant, tenant: Tenant, id: string): WebauthnOptions | undefined {
  const options = getOptions(reader, app, id);
  return options?.tenant === tenant.space ? options : undefined;
}

function expectedBy({ challenge, origin, rpId, userVerification, userPresence }: WebauthnOptions): Expected {
  const isUserVerificationRequired = userVerification === 'required';
  return { challenge, origin, rpId, isUserVerificationRequired, isUserPresenceRequired: userPresence };
}

function newCredential(
  app: Tenant,
  id: string,
  rpId: string,
  recipeUserId: string,
  { publicKey, counter, transports }: ReturnType<typeof verifyRegistration>,
): Credential {
  const now = app.now();
  const key = publicKey.toString('base64');
  return { id, rpId, recipeUserId, publicKey: key, counter, transports, createdAt: now, updatedAt: now };
}

function credentialTaken(): BadRequest {
  return new BadRequest('There is such a credential already');
}

function hasOtherPrimary(reader: Reader, app: Tenant, user: User, email: string): boolean {
  const spaces = user.loginMethods.flatMap(({ tenants }) => tenants);
  return usersByEmail(reader, app, email).some(
    (other) => other.isPrimary && other.id !== user.id && spaces.some((space) => isIn(other, space)),
  );
}
