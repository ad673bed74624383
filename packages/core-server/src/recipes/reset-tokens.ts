import { createHash, randomBytes } from 'node:crypto';
import type { Reader, Transaction } from '@supertokens-faunadb/store';
import { removeLater } from '../storage/expiries.js';
import { key, keysUnder, partsOf } from '../storage/key.js';
import { EMPTY, getJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import type { LoginMethodData } from '../users/user-data.js';

/** What a token to reset a password is kept as: under the token's hash. */
export interface ResetToken {
  /** The id of the login method whose password it resets. */
  readonly userId: string;
  /** The email given when the token was created; returned when the token is used. */
  readonly email: string;
  /** Milliseconds since the epoch. */
  readonly expiry: number;
}

const TOKEN_BYTES = 96;

/** Makes a token. Tokens belong to the whole app, whichever tenant they are made in. */
export function addResetToken(transaction: Transaction, app: Tenant, content: ResetToken): string {
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const hash = hashOf(token);
  putJson(transaction, tokenKey(app, hash), content);
  transaction.put(userKey(app, content.userId, hash), EMPTY);
  removeLater(transaction, content.expiry, [tokenKey(app, hash), userKey(app, content.userId, hash)]);
  return token;
}

/** Uses a token up, and with it all others of the user. @returns `undefined` when the token does not exist or has expired */
export function takeResetToken(transaction: Transaction, app: Tenant, token: string): ResetToken | undefined {
  const found = getResetToken(transaction, app, token);
  if (found === undefined) return undefined;
  removeResetTokens(transaction, app, found.userId);
  return found.expiry < app.now() ? undefined : found;
}

export function getResetToken(reader: Reader, app: Tenant, token: string): ResetToken | undefined {
  return getJson<ResetToken>(reader, tokenKey(app, hashOf(token)));
}

function removeResetTokens(transaction: Transaction, app: Tenant, userId: string): void {
  for (const { key: entry } of [...transaction.range(keysUnder(app.space, 'password-resets-of', userId))]) {
    transaction.remove(tokenKey(app, partsOf(entry).at(-1) as string));
    transaction.remove(entry);
  }
}

/** Tokens go with the login method. */
export const RESET_TOKENS: LoginMethodData = {
  remove: (transaction, app, _, { id }) => removeResetTokens(transaction, app, id),
};

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function tokenKey(app: Tenant, hash: string): Uint8Array {
  return key(app.space, 'password-reset', hash);
}

function userKey(app: Tenant, userId: string, hash: string): Uint8Array {
  return key(app.space, 'password-resets-of', userId, hash);
}
