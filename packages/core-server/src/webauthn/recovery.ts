import { createHash, randomBytes } from 'node:crypto';
import type { Key, Reader, Transaction } from '@supertokens-faunadb/store';
import { removeLater } from '../storage/expiries.js';
import { key, keysUnder } from '../storage/key.js';
import { getJson, parseJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import { getLoginMethod } from '../users/login-method.js';

/** A token sent by email lets a user who has lost all credentials register another one. Only its hash is stored. */
export interface Recovery {
  readonly hash: string;
  /** The id that the user had when signing up. */
  readonly userId: string;
  readonly email: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** @returns the token */
export function putRecovery(transaction: Transaction, tenant: Tenant, userId: string, email: string): string {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = tenant.now() + tenant.settings.webauthn_recover_account_token_lifetime;
  const recovery = { hash: hashOf(token), userId, email, expiresAt };
  const keys = keysOf(tenant, recovery);
  for (const name of keys) putJson(transaction, name, recovery);
  removeLater(transaction, expiresAt, keys);
  return token;
}

/** @returns `undefined` when the token does not exist in the tenant or has expired, or its user was removed */
export function getRecovery(reader: Reader, app: Tenant, tenant: Tenant, token: string): Recovery | undefined {
  const recovery = getJson<Recovery>(reader, recoveryKey(tenant, hashOf(token)));
  if (recovery === undefined || recovery.expiresAt < tenant.now()) return undefined;
  return isMember(reader, app, tenant, recovery.userId) ? recovery : undefined;
}

/** Makes all tokens of a tenant for an email worthless. */
export function removeRecoveries(transaction: Transaction, tenant: Tenant, email: string): void {
  for (const { value } of [...transaction.range(keysUnder(tenant.space, 'webauthn-recovery-of-email', email))]) {
    for (const name of keysOf(tenant, parseJson<Recovery>(value))) transaction.remove(name);
  }
}

/** Whether a login method belongs to a tenant. */
export function isMember(reader: Reader, app: Tenant, tenant: Tenant, id: string): boolean {
  return getLoginMethod(reader, app, id)?.tenants.includes(tenant.space) ?? false;
}

function keysOf(tenant: Tenant, { hash, email }: Recovery): Key[] {
  return [recoveryKey(tenant, hash), key(tenant.space, 'webauthn-recovery-of-email', email, hash)];
}

function recoveryKey(tenant: Tenant, hash: string): Key {
  return key(tenant.space, 'webauthn-recovery', hash);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
