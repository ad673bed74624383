import type { Reader, Transaction } from '@supertokens-faunadb/store';
import { key, keysUnder } from '../storage/key.js';
import { parseJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';

// Which emails of an app's users are verified. They are kept under the id by which the application knows the user, whether
// or not there is such a user, or the user has that email.

export function isEmailVerified(reader: Reader, app: Tenant, userId: string, email: string): boolean {
  return reader.get(place(app, userId, email)) !== undefined;
}

export function setEmailVerified(transaction: Transaction, app: Tenant, userId: string, email: string): void {
  putJson(transaction, place(app, userId, email), email);
}

export function setEmailUnverified(transaction: Transaction, app: Tenant, userId: string, email: string): void {
  transaction.remove(place(app, userId, email));
}

/** All verified emails under a user's id. */
export function verifiedEmails(reader: Reader, app: Tenant, userId: string): string[] {
  return Array.from(reader.range(keysUnder(app.space, 'verified-email', userId)), ({ value }) =>
    parseJson<string>(value),
  );
}

function place(app: Tenant, userId: string, email: string): Uint8Array {
  return key(app.space, 'verified-email', userId, email);
}
