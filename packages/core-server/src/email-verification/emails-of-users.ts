import type { Transaction } from '@supertokens-faunadb/store';
import type { Tenant } from '../tenants/tenants.js';
import type { UserData } from '../users/user-data.js';
import { setEmailUnverified, setEmailVerified, verifiedEmails } from '../users/verified-emails.js';
import { putToken, removeToken, tokensOf } from './tokens.js';

/** The stored data of users' emails: which are verified, and the tokens to verify them. */
export const EMAILS_OF_USERS = {
  recipe: 'EmailVerification',

  isUsed(reader, app, tenants, userId) {
    return (
      verifiedEmails(reader, app, userId).length > 0 ||
      tenants.some((tenant) => tokensOf(reader, tenant, userId).length > 0)
    );
  },

  remove(transaction, app, tenants, userId) {
    for (const email of verifiedEmails(transaction, app, userId)) {
      setEmailUnverified(transaction, app, userId, email);
    }
    for (const tenant of tenants) removeTokens(transaction, tenant, userId);
  },

  removeFromTenant(transaction, _app, tenant, userId) {
    return removeTokens(transaction, tenant, userId);
  },

  rename(transaction, app, tenants, from, to) {
    for (const email of verifiedEmails(transaction, app, from)) {
      setEmailUnverified(transaction, app, from, email);
      setEmailVerified(transaction, app, to, email);
    }
    for (const tenant of tenants) {
      for (const token of tokensOf(transaction, tenant, from)) {
        removeToken(transaction, tenant, token);
        putToken(transaction, tenant, { ...token, userId: to });
      }
    }
  },
} satisfies UserData;

function removeTokens(transaction: Transaction, tenant: Tenant, userId: string): boolean {
  const tokens = tokensOf(transaction, tenant, userId);
  for (const token of tokens) removeToken(transaction, tenant, token);
  return tokens.length > 0;
}
