import { randomBytes } from 'node:crypto';
import type { Store } from '@supertokens-faunadb/store';
import { settled } from '../storage/settled.js';
import type { Tenant } from '../tenants/tenants.js';
import { isEmailVerified, setEmailUnverified, setEmailVerified } from '../users/verified-emails.js';
import { getToken, hashOfToken, putToken, removeToken, tokensOf, type UserEmail } from './tokens.js';

/** Verifies that emails are their users', by tokens that are sent to them. */
export class EmailVerification {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns a token, to be sent to the email; `undefined` when it is verified already */
  async createToken(app: Tenant, tenant: Tenant, { userId, email }: UserEmail): Promise<string | undefined> {
    const token = randomBytes(48).toString('base64url');
    const expiry = tenant.now() + tenant.settings.email_verification_token_lifetime;
    return settled(
      this.#store.transact((transaction) => {
        if (isEmailVerified(transaction, app, userId, email)) return undefined;
        putToken(transaction, tenant, { userId, email, hash: hashOfToken(token), expiry });
        return token;
      }),
    );
  }

  /** Uses a token up, with all others for the same email. @returns `undefined` when the token does not exist or has expired */
  async verify(app: Tenant, tenant: Tenant, token: string): Promise<UserEmail | undefined> {
    const now = tenant.now();
    return settled(
      this.#store.transact((transaction) => {
        const found = getToken(transaction, tenant, hashOfToken(token));
        if (found === undefined) return undefined;
        const { userId, email, expiry } = found;
        for (const other of tokensOf(transaction, tenant, userId, email)) removeToken(transaction, tenant, other);
        if (expiry < now) return undefined;
        setEmailVerified(transaction, app, userId, email);
        return { userId, email };
      }),
    );
  }

  async isVerified(app: Tenant, { userId, email }: UserEmail): Promise<boolean> {
    return settled(this.#store.read((reader) => isEmailVerified(reader, app, userId, email)));
  }

  async unverify(app: Tenant, { userId, email }: UserEmail): Promise<void> {
    await settled(this.#store.transact((transaction) => setEmailUnverified(transaction, app, userId, email)));
  }

  /** Makes the tokens of a tenant for an email worthless. */
  async revokeTokens(tenant: Tenant, { userId, email }: UserEmail): Promise<void> {
    await settled(
      this.#store.transact((transaction) => {
        for (const token of tokensOf(transaction, tenant, userId, email)) removeToken(transaction, tenant, token);
      }),
    );
  }
}
