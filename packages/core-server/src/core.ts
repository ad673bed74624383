import type { Store } from '@supertokens-faunadb/store';
import { CDI_5_0 } from './cdi/version.js';
import { BadPermission } from './http/errors.js';
import type { CoreRequest } from './http/request.js';
import { PUBLIC } from './http/router.js';
import { AppKeys } from './keys/app-keys.js';
import { Sessions } from './sessions/sessions.js';
import type { ChosenSettings } from './settings/settings.js';
import { type Tenant, Tenants } from './tenants/tenants.js';
import { ActiveUsers } from './users/active-users.js';
import { Roles } from './users/roles.js';
import { UserMetadata } from './users/user-metadata.js';

/** All that the APIs work on, over one store. */
export class Core {
  readonly sessions: Sessions;
  readonly activeUsers: ActiveUsers;
  readonly metadata: UserMetadata;
  readonly roles: Roles;
  readonly #keys = new Map<string, AppKeys>();

  private constructor(
    readonly store: Store,
    readonly tenants: Tenants,
  ) {
    this.activeUsers = new ActiveUsers(store, tenants);
    this.sessions = new Sessions(store, tenants, (app) => this.keysOf(app), this.activeUsers);
    this.metadata = new UserMetadata(store);
    this.roles = new Roles(store);
  }

  /**
   * @param settings the operator's, the strongest first
   * @throws InvalidSetting
   */
  static async open(store: Store, settings: readonly ChosenSettings[]): Promise<Core> {
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
  appOf(request: CoreRequest): Tenant {
    return this.app(request.app);
  }

  /** The tenant that a request is for. @throws TenantOrAppNotFound */
  tenantOf(request: CoreRequest): Tenant {
    return this.tenants.get(request.app, request.tenant);
  }

  /**
   * The app that a request is for, where a whole app is meant, so that no tenant but the public one may ask.
   *
   * @throws BadPermission
   * @throws TenantOrAppNotFound
   */
  appOfPublicTenant(request: CoreRequest): Tenant {
    if (request.version >= CDI_5_0 && request.tenant !== PUBLIC) {
      throw new BadPermission('Only public tenantId can call this app specific API');
    }
    return this.appOf(request);
  }
}
