import type { Store } from '@supertokens-faunadb/store';
import { CDI_5_0, type CdiVersion } from '../cdi/version.js';
import { BadPermission } from '../common/errors.js';
import { PUBLIC } from '../common/tenant-names.js';
import { AppKeys } from '../keys/app-keys.js';
import { migrateSessions } from '../sessions/session-migration.js';
import { Sessions } from '../sessions/sessions.js';
import type { ChosenSettings } from '../settings/settings.js';
import { bringUpToDate } from '../storage/format.js';
import { type Tenant, Tenants } from '../tenants/tenants.js';
import { ActiveUsers } from '../users/active-users.js';
import { Roles } from '../users/roles.js';
import { UserIdMappings } from '../users/user-id-mapping.js';
import { UserMetadata } from '../users/user-metadata.js';
import { Users } from '../users/users.js';

/** Which app and tenant a request is for, in which version of the interface. */
export interface RequestScope {
  readonly app: string;
  readonly tenant: string;
  readonly version: CdiVersion;
}

/** All that the APIs work on, over one store. */
export class Core {
  readonly sessions: Sessions;
  readonly activeUsers: ActiveUsers;
  readonly metadata: UserMetadata;
  readonly roles: Roles;
  readonly users: Users;
  readonly userIdMappings: UserIdMappings;
  readonly #keys = new Map<string, AppKeys>();

  private constructor(
    readonly store: Store,
    readonly tenants: Tenants,
  ) {
    this.activeUsers = new ActiveUsers(store, tenants);
    this.sessions = new Sessions(store, tenants, (app) => this.keysOf(app), this.activeUsers);
    this.metadata = new UserMetadata(store);
    this.roles = new Roles(store);
    this.users = new Users(store);
    this.userIdMappings = new UserIdMappings(store);
  }

  /**
   * @param settings the operator's, the strongest first
   * @throws InvalidSetting
   * @throws Error when a newer version wrote the data
   */
  static async open(store: Store, settings: readonly ChosenSettings[]): Promise<Core> {
    await bringUpToDate(store, { 1: migrateSessions });
    return new Core(store, await Tenants.open(store, settings));
  }

  /** @throws TenantOrAppNotFound */
  keysOf(app: string): AppKeys {
    const { space } = this.app(app);
    let keys = this.#keys.get(space);
    if (keys === undefined) {
      keys = new AppKeys(this.store, space, () => this.app(app).settings);
      this.#keys.set(space, keys);
    }
    return keys;
  }

  /** The public tenant of an app: what belongs to the app as a whole belongs to it. @throws TenantOrAppNotFound */
  app(app: string): Tenant {
    return this.tenants.get(app, PUBLIC);
  }

  /** The app that a request is for. @throws TenantOrAppNotFound */
  appOf(request: RequestScope): Tenant {
    return this.app(request.app);
  }

  /** The tenant that a request is for. @throws TenantOrAppNotFound */
  tenantOf(request: RequestScope): Tenant {
    return this.tenants.get(request.app, request.tenant);
  }

  /**
   * The app that a request is for, where a whole app is meant, so that no tenant but the public one may ask.
   *
   * @throws BadPermission
   * @throws TenantOrAppNotFound
   */
  appOfPublicTenant(request: RequestScope): Tenant {
    if (request.version >= CDI_5_0 && request.tenant !== PUBLIC) {
      throw new BadPermission('Only public tenantId can call this app specific API');
    }
    return this.appOf(request);
  }

  /** The id by which the application calls a user; the one that is given where there is no other. */
  async externalIdOf(app: Tenant, userId: string): Promise<string> {
    return (await this.userIdMappings.find(app, userId))?.externalUserId ?? userId;
  }

  /** The id that a user got by signing up; the one that is given where there is no other. */
  async internalIdOf(app: Tenant, userId: string): Promise<string> {
    return (await this.userIdMappings.find(app, userId))?.superTokensUserId ?? userId;
  }

  /** The recipe that keeps something under a user's id, so that the id should not change its meaning. */
  async recipeThatKnows(app: Tenant, userId: string): Promise<'Session' | 'UserMetadata' | 'UserRoles' | undefined> {
    const tenants = this.tenants.ofApp(app.app);
    if ((await this.sessions.handles(tenants, userId)).length > 0) return 'Session';
    if ((await this.metadata.get(app, userId)) !== undefined) return 'UserMetadata';
    const roles = await Promise.all(tenants.map((tenant) => this.roles.ofUser(tenant, userId)));
    return roles.flat().length > 0 ? 'UserRoles' : undefined;
  }

  /** Removes somebody who signed up, with sessions, roles and metadata; of anybody else nothing. */
  async removeUser(app: Tenant, userId: string): Promise<void> {
    const internalId = await this.internalIdOf(app, userId);
    if ((await this.users.get(app, internalId)) === undefined) return;
    const externalId = await this.externalIdOf(app, userId);
    await this.forgetInTenants(app, this.tenants.ofApp(app.app), externalId);
    await this.metadata.remove(app, externalId);
    await this.userIdMappings.remove(app, internalId);
    await this.activeUsers.forget(app.app, externalId);
    await this.users.remove(app, internalId);
  }

  /** @returns whether there was such an app */
  async removeApp(app: string): Promise<boolean> {
    const space = this.tenants.find(app, PUBLIC)?.space;
    if (space !== undefined) this.#keys.delete(space);
    return this.tenants.remove(app, PUBLIC);
  }

  /** Ends a user's sessions in tenants, and takes the user's roles away there. */
  async forgetInTenants(app: Tenant, tenants: readonly Tenant[], userId: string): Promise<void> {
    await this.sessions.removeAll(tenants, userId);
    for (const tenant of tenants) {
      for (const role of await this.roles.ofUser(tenant, userId)) {
        await this.roles.removeFromUser(app, tenant, userId, role);
      }
    }
  }
}
