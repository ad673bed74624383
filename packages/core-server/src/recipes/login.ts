import type { Reader, Transaction } from '@supertokens-faunadb/store';
import type { Tenant } from '../tenants/tenants.js';
import { getLoginMethod, type LoginMethod, type LoginRecipe } from '../users/login-method.js';
import { getUser, type User } from '../users/user.js';
import { toExternalId } from '../users/user-id-mapping.js';
import type { UserView } from '../users/user-json.js';
import type { Users } from '../users/users.js';
import { setEmailVerified } from '../users/verified-emails.js';

/** Who has logged in, and by which login method. */
export interface Login {
  readonly user: UserView;
  /** The login method's id, as the application knows it. */
  readonly recipeUserId: string;
  /** The user's own id. */
  readonly ownUserId: string;
}

/** The result of a login by `method`. */
export function loginOf(reader: Reader, users: Users, app: Tenant, { id }: LoginMethod): Login {
  const user = getUser(reader, app, id) as User;
  return { user: users.view(reader, app, user), recipeUserId: toExternalId(reader, app, id), ownUserId: user.id };
}

/**
 * Marks the email of a login as verified, also in the result. Like the real Core it stores that under the login method's own
 * id, so later reads by the external id do not find it.
 */
export function withVerifiedEmail(
  transaction: Transaction,
  app: Tenant,
  login: Login,
  { id, email }: LoginMethod,
): Login {
  if (email === undefined) return login;
  setEmailVerified(transaction, app, id, email);
  const loginMethods = login.user.loginMethods.map((view) =>
    view.method.id === id ? { ...view, isVerified: true } : view,
  );
  return { ...login, user: { ...login.user, loginMethods } };
}

/** The user of a login method of a recipe, without the others that are linked. */
export function ofMethod(reader: Reader, app: Tenant, id: string, recipe: LoginRecipe): User | undefined {
  const method = getLoginMethod(reader, app, id);
  if (method?.recipe !== recipe) return undefined;
  return { id, isPrimary: method.primaryUserId !== undefined, loginMethods: [method] };
}

/** Whether a user has a login method of a recipe with an email. */
export function hasByEmail({ loginMethods }: User, recipe: LoginRecipe, email: string): boolean {
  return loginMethods.some((method) => method.recipe === recipe && method.email === email);
}
