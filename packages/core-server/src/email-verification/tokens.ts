import { createHash } from 'node:crypto';
import type { Key, Reader, Transaction } from '@supertokens-faunadb/store';
import { removeLater } from '../storage/expiries.js';
import { key, keysUnder } from '../storage/key.js';
import { getJson, parseJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';

/** Whose email it is. The user need not exist, and the email need not be the user's. */
export interface UserEmail {
  readonly userId: string;
  readonly email: string;
}

/** A token that verifies an email, in one tenant alone. It is kept by its hash. */
export interface EmailToken extends UserEmail {
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly expiry: number;
}

export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function putToken(transaction: Transaction, tenant: Tenant, token: EmailToken): void {
  const keys = keysOf(tenant, token);
  for (const name of keys) putJson(transaction, name, token);
  removeLater(transaction, token.expiry, keys);
}

export function getToken(reader: Reader, tenant: Tenant, hash: string): EmailToken | undefined {
  return getJson<EmailToken>(reader, tokenKey(tenant, hash));
}

/** The tokens of a tenant for a user, or for one email alone. */
export function tokensOf(reader: Reader, tenant: Tenant, userId: string, email?: string): EmailToken[] {
  const parts = email === undefined ? [userId] : [userId, email];
  return Array.from(reader.range(keysUnder(tenant.space, 'email-token-of-user', ...parts)), ({ value }) =>
    parseJson<EmailToken>(value),
  );
}

export function removeToken(transaction: Transaction, tenant: Tenant, token: EmailToken): void {
  for (const name of keysOf(tenant, token)) transaction.remove(name);
}

function keysOf(tenant: Tenant, { userId, email, hash }: EmailToken): Key[] {
  return [tokenKey(tenant, hash), key(tenant.space, 'email-token-of-user', userId, email, hash)];
}

function tokenKey(tenant: Tenant, hash: string): Key {
  return key(tenant.space, 'email-token', hash);
}
