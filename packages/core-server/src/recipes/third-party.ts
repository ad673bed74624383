import type { Tenant } from '../tenants/tenants.js';
import type { ActiveUsers } from '../users/active-users.js';
import { isTakenByPrimary } from '../users/linking-checks.js';
import { type LoginMethod, methodsByThirdParty, type ThirdPartyInfo } from '../users/login-method.js';
import { getUser, type User, usersByEmail, usersByThirdParty } from '../users/user.js';
import { addLoginMethod, changeLoginMethod } from '../users/user-changes.js';
import { toOwnId } from '../users/user-ids.js';
import type { UserView } from '../users/user-json.js';
import type { Users } from '../users/users.js';
import { hasByEmail, type Login, loginOf, ofMethod, withVerifiedEmail } from './login.js';

/** Login by a third party that the SDK has asked for the user's identity. */
export class ThirdParty {
  readonly #users: Users;
  readonly #activeUsers: ActiveUsers;

  constructor(users: Users, activeUsers: ActiveUsers) {
    this.#users = users;
    this.#activeUsers = activeUsers;
  }

  /**
   * Logs in the user with these ids, or signs up a new one, and sets the email.
   *
   * @param isEmailVerified whether the third party says so; that it does not takes nothing back
   * @returns `undefined` when the user is primary, and the email is another primary user's
   */
  async signInUp(
    app: Tenant,
    tenant: Tenant,
    thirdParty: ThirdPartyInfo,
    email: string,
    isEmailVerified: boolean,
  ): Promise<(Login & { readonly isNew: boolean }) | undefined> {
    return this.#users.transact((transaction) => {
      const [existing] = methodsByThirdParty(transaction, app, thirdParty, tenant);
      if (existing !== undefined && existing.email !== email) {
        const user = getUser(transaction, app, existing.id) as User;
        if (isTakenByPrimary(transaction, app, user, { email })) return undefined;
        changeLoginMethod(transaction, app, existing, { email });
      }
      // It is in this tenant that nobody has these ids, so nothing can clash.
      const method =
        existing ??
        (addLoginMethod(transaction, app, [tenant], { recipe: 'thirdparty', thirdParty, email }) as LoginMethod);
      const base = loginOf(transaction, this.#users, app, method);
      const login = isEmailVerified ? withVerifiedEmail(transaction, app, base, { ...method, email }) : base;
      this.#activeUsers.note(transaction, app.app, login.ownUserId, app.now());
      return { ...login, isNew: existing === undefined };
    });
  }

  /** The user of a login method of this recipe, with this login method alone. */
  async byId(app: Tenant, id: string): Promise<UserView | undefined> {
    return this.#users.read((reader) => {
      const user = ofMethod(reader, app, toOwnId(reader, app, id), 'thirdparty');
      return user && this.#users.view(reader, app, user);
    });
  }

  async byThirdParty(app: Tenant, tenant: Tenant, thirdParty: ThirdPartyInfo): Promise<UserView | undefined> {
    return this.#users.read((reader) => {
      const [user] = usersByThirdParty(reader, app, thirdParty, tenant);
      return user && this.#users.view(reader, app, user);
    });
  }

  /** The users with an email from a third party, each once for every matching login method. */
  async byEmail(app: Tenant, tenant: Tenant, email: string): Promise<UserView[]> {
    return this.#users.read((reader) =>
      usersByEmail(reader, app, email, tenant)
        .filter((user) => hasByEmail(user, 'thirdparty', email))
        .flatMap((user) => {
          const times = user.loginMethods.filter((each) => each.recipe === 'thirdparty' && each.email === email).length;
          return Array<UserView>(times).fill(this.#users.view(reader, app, user));
        }),
    );
  }
}
