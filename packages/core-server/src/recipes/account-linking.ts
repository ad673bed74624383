import type { Tenant, Tenants } from '../tenants/tenants.js';
import type { ActiveUsers } from '../users/active-users.js';
import { checkLink, checkPrimary, type LinkingRefusal } from '../users/linking-checks.js';
import { getUser, type User } from '../users/user.js';
import { link, makePrimary, unlink } from '../users/user-changes.js';
import type { UserData } from '../users/user-data.js';
import { findMapping, toExternalId } from '../users/user-id-mapping.js';
import { toOwnId } from '../users/user-ids.js';
import type { UserView } from '../users/user-json.js';
import { removeUser } from '../users/user-removal.js';
import type { Users } from '../users/users.js';

/** A refusal, with the conflicting user as answers show one. */
export type LinkingRefusalView =
  | { readonly reason: 'unknown user' | 'not primary' }
  | { readonly reason: 'linked to another'; readonly user: UserView }
  | { readonly reason: 'account info of another'; readonly userId: string; readonly what: string };

/** Several login methods as one user. */
export class AccountLinking {
  readonly #users: Users;
  readonly #tenants: Tenants;
  readonly #activeUsers: ActiveUsers;
  readonly #sessions: UserData;

  constructor(
    users: Users,
    tenants: Tenants,
    activeUsers: ActiveUsers,
    /** A user's sessions end when the user changes. */
    sessions: UserData,
  ) {
    this.#users = users;
    this.#tenants = tenants;
    this.#activeUsers = activeUsers;
    this.#sessions = sessions;
  }

  /** Whether a login method may become a primary user, or is one. */
  async canBePrimary(app: Tenant, id: string): Promise<{ isAlready: boolean } | LinkingRefusalView> {
    return this.#users.read((reader) => {
      const checked = checkPrimary(reader, app, toOwnId(reader, app, id));
      return 'reason' in checked ? this.#view(reader, app, checked) : { isAlready: checked.isAlready };
    });
  }

  async makePrimary(app: Tenant, id: string): Promise<{ isAlready: boolean; user: UserView } | LinkingRefusalView> {
    return this.#users.transact((transaction) => {
      const checked = checkPrimary(transaction, app, toOwnId(transaction, app, id));
      if ('reason' in checked) return this.#view(transaction, app, checked);
      if (!checked.isAlready) makePrimary(transaction, app, checked.user);
      const user = getUser(transaction, app, checked.user.id) as User;
      return { isAlready: checked.isAlready, user: this.#users.view(transaction, app, user) };
    });
  }

  /** Whether a login method may be linked to a primary user, or is. */
  async canBeLinked(app: Tenant, id: string, primaryId: string): Promise<{ isAlready: boolean } | LinkingRefusalView> {
    return this.#users.read((reader) => {
      if (![id, primaryId].every((each) => this.#users.knows(reader, app, each))) return { reason: 'unknown user' };
      const checked = checkLink(reader, app, toOwnId(reader, app, id), toOwnId(reader, app, primaryId));
      return 'reason' in checked ? this.#view(reader, app, checked) : { isAlready: checked.isAlready };
    });
  }

  /** Links a login method to a primary user and ends its sessions. */
  async link(
    app: Tenant,
    id: string,
    primaryId: string,
  ): Promise<{ isAlready: boolean; user: UserView } | LinkingRefusalView> {
    return this.#users.transact((transaction) => {
      if (![id, primaryId].every((each) => this.#users.knows(transaction, app, each)))
        return { reason: 'unknown user' };
      const own = toOwnId(transaction, app, id);
      const ownPrimary = toOwnId(transaction, app, primaryId);
      const checked = checkLink(transaction, app, own, ownPrimary);
      if ('reason' in checked) return this.#view(transaction, app, checked);
      const { isAlready, recipeUser, primaryUser } = checked;
      if (!isAlready) {
        link(transaction, app, recipeUser.id, primaryUser.id);
        this.#endSessions(transaction, app, own);
        this.#activeUsers.forget(transaction, app.app, own);
        this.#activeUsers.note(transaction, app.app, ownPrimary, app.now());
      }
      const user = getUser(transaction, app, primaryUser.id) as User;
      return { isAlready, user: this.#users.view(transaction, app, user) };
    });
  }

  /**
   * Makes a linked login method a user of its own and revokes its sessions. If the primary user has its id and other login
   * methods, the login method is removed instead, because both users would have the same id.
   *
   * @returns whether it was linked, and whether it was removed; `undefined` if it does not exist
   */
  async unlink(app: Tenant, id: string): Promise<{ wasLinked: boolean; wasRemoved: boolean } | undefined> {
    return this.#users.transact((transaction) => {
      const own = toOwnId(transaction, app, id);
      const user = getUser(transaction, app, own);
      if (user === undefined) return undefined;
      if (!user.isPrimary) return { wasLinked: false, wasRemoved: false };
      const isRemoved = user.id === own && user.loginMethods.length > 1;
      const sessionsOf = toExternalId(transaction, app, own);
      if (isRemoved) {
        removeUser(transaction, this.#users.dataOf(app), own, false, findMapping(transaction, app, own, 'SUPERTOKENS'));
      } else unlink(transaction, app, own);
      this.#sessions.remove(transaction, app, this.#tenants.ofApp(app.app), sessionsOf);
      return { wasLinked: true, wasRemoved: isRemoved };
    });
  }

  #endSessions(transaction: Parameters<UserData['remove']>[0], app: Tenant, own: string): void {
    this.#sessions.remove(transaction, app, this.#tenants.ofApp(app.app), toExternalId(transaction, app, own));
  }

  #view(reader: Parameters<UserData['isUsed']>[0], app: Tenant, refusal: LinkingRefusal): LinkingRefusalView {
    switch (refusal.reason) {
      case 'linked to another':
        return { reason: refusal.reason, user: this.#users.view(reader, app, refusal.user) };
      case 'account info of another':
        return { ...refusal, userId: toExternalId(reader, app, refusal.userId) };
      default:
        return { reason: refusal.reason };
    }
  }
}
