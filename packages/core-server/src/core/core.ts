import type { Store } from '@supertokens-faunadb/store';
import { CDI_5_0, type CdiVersion } from '../cdi/version.js';
import { type Clock, systemClock } from '../common/clock.js';
import { BadPermission } from '../common/errors.js';
import { PUBLIC } from '../common/tenant-names.js';
import { Dashboard } from '../dashboard/dashboard.js';
import { EmailVerification } from '../email-verification/email-verification.js';
import { EMAILS_OF_USERS } from '../email-verification/emails-of-users.js';
import { AppKeys } from '../keys/app-keys.js';
import { Passwords } from '../passwords/passwords.js';
import { AccountLinking } from '../recipes/account-linking.js';
import { type AddTotpDevice, BulkImport } from '../recipes/bulk-import/bulk-import.js';
import { EmailPassword } from '../recipes/email-password.js';
import { normaliseEmail, normalisePhoneNumber } from '../recipes/normalise.js';
import { Passwordless } from '../recipes/passwordless/passwordless.js';
import { RESET_TOKENS } from '../recipes/reset-tokens.js';
import { ThirdParty } from '../recipes/third-party.js';
import { migrateSessions } from '../sessions/session-migration.js';
import { SESSIONS_OF_USER } from '../sessions/session-record.js';
import { Sessions } from '../sessions/sessions.js';
import type { ChosenSettings } from '../settings/settings.js';
import { bringUpToDate } from '../storage/format.js';
import { type Tenant, Tenants } from '../tenants/tenants.js';
import { addDevice, TOTP_OF_USERS, Totp } from '../totp/totp.js';
import { ActiveUsers } from '../users/active-users.js';
import { ROLES_OF_USERS, Roles } from '../users/roles.js';
import type { LoginMethodData, UserData } from '../users/user-data.js';
import { UserIdMappings } from '../users/user-id-mappings.js';
import { METADATA_OF_USERS, UserMetadata } from '../users/user-metadata.js';
import { migrateUsers } from '../users/user-migration.js';
import { Users } from '../users/users.js';
import { CREDENTIALS_OF_LOGIN_METHODS } from '../webauthn/credentials.js';
import { Webauthn } from '../webauthn/webauthn.js';

/** The app, tenant and interface version of a request. */
export interface RequestScope {
  readonly app: string;
  readonly tenant: string;
  readonly version: CdiVersion;
}

/** The services that the APIs use, over one store. */
export class Core {
  readonly sessions: Sessions;
  readonly activeUsers: ActiveUsers;
  readonly metadata: UserMetadata;
  readonly roles: Roles;
  readonly users: Users;
  readonly passwords: Passwords;
  readonly emailPassword: EmailPassword;
  readonly thirdParty: ThirdParty;
  readonly passwordless: Passwordless;
  readonly accountLinking: AccountLinking;
  readonly bulkImport: BulkImport;
  readonly userIdMappings: UserIdMappings;
  readonly emailVerification: EmailVerification;
  readonly totp: Totp;
  readonly dashboard: Dashboard;
  readonly webauthn: Webauthn;
  readonly #keys = new Map<string, AppKeys>();

  private constructor(
    readonly store: Store,
    readonly tenants: Tenants,
    /** Whether the data are in memory only. */
    readonly isInMemory: boolean,
  ) {
    this.activeUsers = new ActiveUsers(store, tenants);
    this.sessions = new Sessions(store, tenants, (app) => this.keysOf(app), this.activeUsers);
    this.metadata = new UserMetadata(store);
    this.roles = new Roles(store);
    // In the real Core's order: an error names the first recipe that uses an id.
    const userData: readonly UserData[] = [
      ...[SESSIONS_OF_USER, METADATA_OF_USERS, ROLES_OF_USERS],
      ...[EMAILS_OF_USERS, TOTP_OF_USERS],
      this.activeUsers.userData,
    ];
    const loginMethodData: readonly LoginMethodData[] = [RESET_TOKENS, CREDENTIALS_OF_LOGIN_METHODS];
    this.users = new Users(store, tenants, userData, loginMethodData);
    this.passwords = new Passwords(this.app(PUBLIC).settings);
    this.emailPassword = new EmailPassword(this.users, this.passwords, this.activeUsers);
    this.thirdParty = new ThirdParty(this.users, this.activeUsers);
    this.passwordless = new Passwordless(this.users, this.activeUsers);
    this.accountLinking = new AccountLinking(this.users, tenants, this.activeUsers, SESSIONS_OF_USER);
    this.userIdMappings = new UserIdMappings(store, this.users);
    this.emailVerification = new EmailVerification(store);
    this.totp = new Totp(store);
    this.dashboard = new Dashboard(store, this.passwords);
    this.webauthn = new Webauthn(this.users, tenants, this.activeUsers);
    const { users, passwords } = this;
    this.bulkImport = new BulkImport(users, tenants, passwords, addImportedDevice, {
      normaliseEmail,
      normalisePhoneNumber,
    });
  }

  /**
   * @param settings the operator's, in order of precedence
   * @throws InvalidSetting
   * @throws Error when a newer version wrote the data
   */
  static async open(
    store: Store,
    settings: readonly ChosenSettings[],
    isInMemory = true,
    clock: Clock = systemClock,
  ): Promise<Core> {
    await bringUpToDate(store, { 1: migrateSessions, 2: migrateUsers });
    return new Core(store, await Tenants.open(store, settings, clock), isInMemory);
  }

  /** @throws TenantOrAppNotFound */
  keysOf(app: string): AppKeys {
    const { space } = this.app(app);
    let keys = this.#keys.get(space);
    if (keys === undefined) {
      keys = new AppKeys(this.store, space, () => this.app(app).settings, this.app(app).now);
      this.#keys.set(space, keys);
    }
    return keys;
  }

  /** The public tenant of an app, which owns the app's own data. @throws TenantOrAppNotFound */
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
   * The app of a request that concerns a whole app. Only the public tenant may send such a request.
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

  /** @returns whether there was such an app */
  async removeApp(app: string): Promise<boolean> {
    const space = this.tenants.find(app, PUBLIC)?.space;
    if (space !== undefined) this.#keys.delete(space);
    return this.tenants.remove(app, PUBLIC);
  }
}

const addImportedDevice: AddTotpDevice = (
  transaction,
  app,
  userId,
  { deviceName, secretKey: secret, period, skew },
) => {
  addDevice(transaction, app, userId, deviceName, { secret, period, skew, isVerified: true });
};
