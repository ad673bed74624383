import type { Reader } from '@supertokens-faunadb/store';
import type { Tenant } from '../tenants/tenants.js';
import type { LoginMethod } from './login-method.js';
import { getUser, isIn, tenantsOf, type User, usersByEmail, usersByPhoneNumber, usersByThirdParty } from './user.js';

/** Why a login method cannot become primary, or be linked. */
export type LinkingRefusal =
  | { readonly reason: 'unknown user' }
  | { readonly reason: 'not primary' }
  | { readonly reason: 'linked to another'; readonly user: User }
  | { readonly reason: 'account info of another'; readonly userId: string; readonly what: AccountInfoKind };

/** What two primary users of a tenant must not have in common. */
export type AccountInfoKind = 'email' | 'phone number' | 'third party login';

/** Whether a user may become primary, or is. */
export function checkPrimary(
  reader: Reader,
  app: Tenant,
  id: string,
): { readonly user: User; readonly isAlready: boolean } | LinkingRefusal {
  const user = getUser(reader, app, id);
  if (user === undefined) return { reason: 'unknown user' };
  if (user.isPrimary) return user.id === id ? { user, isAlready: true } : { reason: 'linked to another', user };
  const method = user.loginMethods[0] as LoginMethod;
  return meetingOf(reader, app, method, method.tenants, undefined) ?? { user, isAlready: false };
}

/** Whether a login method may be linked to a primary user, or is. */
export function checkLink(
  reader: Reader,
  app: Tenant,
  recipeUserId: string,
  primaryUserId: string,
): { readonly recipeUser: User; readonly primaryUser: User; readonly isAlready: boolean } | LinkingRefusal {
  const primaryUser = getUser(reader, app, primaryUserId);
  if (primaryUser === undefined) return { reason: 'unknown user' };
  if (!primaryUser.isPrimary) return { reason: 'not primary' };
  const recipeUser = getUser(reader, app, recipeUserId);
  if (recipeUser === undefined) return { reason: 'unknown user' };
  if (recipeUser.isPrimary) {
    if (recipeUser.id === primaryUser.id) return { recipeUser, primaryUser, isAlready: true };
    return { reason: 'linked to another', user: recipeUser };
  }
  // In all tenants of either: in each of them both will be the same user.
  const tenants = [...new Set([...tenantsOf(recipeUser), ...tenantsOf(primaryUser)])];
  for (const method of [...recipeUser.loginMethods, ...primaryUser.loginMethods]) {
    const meeting = meetingOf(reader, app, method, tenants, primaryUser.id);
    if (meeting !== undefined) return meeting;
  }
  return { recipeUser, primaryUser, isAlready: false };
}

/** Whether another primary user has an account info that a login method is to get, in one of its primary user's tenants. */
export function isTakenByPrimary(
  reader: Reader,
  app: Tenant,
  user: User,
  wanted: Pick<LoginMethod, 'email' | 'phoneNumber'>,
): boolean {
  return user.isPrimary && meetingOf(reader, app, wanted, tenantsOf(user), user.id) !== undefined;
}

function meetingOf(
  reader: Reader,
  app: Tenant,
  { email, phoneNumber, thirdParty }: Pick<LoginMethod, 'email' | 'phoneNumber' | 'thirdParty'>,
  tenants: readonly string[],
  self: string | undefined,
): LinkingRefusal | undefined {
  const having: readonly (readonly [AccountInfoKind, readonly User[]])[] = [
    ['email', email === undefined ? [] : usersByEmail(reader, app, email)],
    ['phone number', phoneNumber === undefined ? [] : usersByPhoneNumber(reader, app, phoneNumber)],
    ['third party login', thirdParty === undefined ? [] : usersByThirdParty(reader, app, thirdParty)],
  ];
  for (const space of tenants) {
    for (const [what, users] of having) {
      const other = users.find((user) => user.isPrimary && user.id !== self && isIn(user, space));
      if (other !== undefined) return { reason: 'account info of another', userId: other.id, what };
    }
  }
  return undefined;
}
