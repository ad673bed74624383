import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Outcome, Reader, Store } from '@supertokens-faunadb/store';
import { isSameSecret } from '../common/secrets.js';
import { PUBLIC } from '../common/tenant-names.js';
import type { JsonObject } from '../json/json.js';
import type { AppKeys } from '../keys/app-keys.js';
import { settled } from '../storage/settled.js';
import type { Tenant, Tenants } from '../tenants/tenants.js';
import type { ActiveUsers } from '../users/active-users.js';
import { getUser, userIdOf } from '../users/user.js';
import { idsForSession, toOwnId } from '../users/user-ids.js';
import { checkPayload, checkStoredPayload, type TokenInfo, type TokenVersion } from './access-token.js';
import { type AccessTokenInfo, readAccessToken, verifyAccessToken } from './access-token-verification.js';
import { type RefreshTokenInfo, readRefreshToken, sha256 } from './refresh-token.js';
import { TokenTheftDetected, TryRefreshToken, Unauthorised } from './refusals.js';
import { createSessionId, handleOf, tenantOfHandle } from './session-handle.js';
import {
  eachSessionOfUser,
  getSession,
  handleOfSession,
  insertSession,
  removeSession,
  type SessionOfUser,
  updateSession,
} from './session-record.js';
import type { SessionRecord } from './session-row.js';
import { sessionExpiry, TokenIssuer } from './token-issuer.js';

/** Milliseconds to revoke sessions before others are served. */
const REMOVING = 5;

/** A session and its newly issued tokens. */
export interface SessionInformation {
  readonly handle: string;
  /** The id of the user, even if the session belongs to a linked login method. */
  readonly userId: string;
  /** The id of the login method. */
  readonly recipeUserId: string;
  readonly userDataInJWT: JsonObject;
  readonly tenant: string;
  readonly accessToken?: TokenInfo;
  readonly refreshToken?: TokenInfo;
  readonly antiCsrfToken?: string | null;
}

export interface NewSession {
  /** The id of the login method, or any other id. An external id and the id mapped to it are equivalent. */
  readonly userId: string;
  readonly userDataInJWT: JsonObject;
  readonly userDataInDatabase: JsonObject;
  readonly enableAntiCsrf: boolean;
  readonly useStaticKey: boolean;
  readonly tokenVersion: TokenVersion;
}

export interface Verification {
  readonly antiCsrfToken: string | undefined;
  readonly enableAntiCsrf: boolean;
  readonly doAntiCsrfCheck: boolean;
  /** Whether to check that the session is in the database. */
  readonly checkDatabase: boolean;
}

export interface Refresh {
  readonly antiCsrfToken: string | undefined;
  readonly enableAntiCsrf: boolean;
  /** `undefined`: as when the session was created. */
  readonly useStaticKey: boolean | undefined;
  readonly tokenVersion: TokenVersion;
}

/** Manages sessions. Each method resolves once its changes are durable. */
export class Sessions {
  readonly #tokens: TokenIssuer;
  readonly #store: Store;
  readonly #tenants: Tenants;
  readonly #keysOf: (app: string) => AppKeys;
  readonly #activeUsers: ActiveUsers;

  constructor(store: Store, tenants: Tenants, keysOf: (app: string) => AppKeys, activeUsers: ActiveUsers) {
    this.#store = store;
    this.#tenants = tenants;
    this.#keysOf = keysOf;
    this.#activeUsers = activeUsers;

    this.#tokens = new TokenIssuer(keysOf);
  }

  /** @throws AccessTokenPayloadError */
  async create(tenant: Tenant, session: NewSession): Promise<SessionInformation> {
    const { userDataInJWT, userDataInDatabase, useStaticKey, tokenVersion } = session;
    checkPayload(userDataInJWT, tokenVersion);
    const app = this.#tenants.get(tenant.app, PUBLIC);
    const { userId, recipeUserId } = this.#store.read((reader) => idsForSession(reader, app, session.userId)).value;
    const id = createSessionId();
    const handle = handleOf(id, tenant.id);
    const antiCsrfToken = session.enableAntiCsrf ? randomUUID() : null;
    const now = tenant.now();
    const refreshToken = await this.#tokens.refreshToken(
      tenant,
      { sessionHandle: handle, userId: recipeUserId, tenant: tenant.id, parentRefreshTokenHash1: null, antiCsrfToken },
      now,
    );
    const refreshTokenHash1 = sha256(refreshToken.token);
    const record: SessionRecord = {
      space: tenant.space,
      id,
      userId: recipeUserId,
      userDataInDatabase,
      userDataInJWT,
      refreshTokenHash2: sha256(refreshTokenHash1),
      expiry: refreshToken.expiry,
      timeCreated: now,
      useStaticKey,
    };
    const outcome = this.#store.transact((transaction) => {
      insertSession(transaction, record);
      this.#activeUsers.note(transaction, tenant.app, toOwnId(transaction, app, userId), now);
    });
    const lineage = { refreshTokenHash1, parentRefreshTokenHash1: null, antiCsrfToken };
    // Write to disk and sign in parallel.
    const [accessToken] = await Promise.all([
      this.#tokens.accessToken(
        tenant,
        { ...claimsOf(tenant, handle, record, userId), ...lineage, version: tokenVersion },
        useStaticKey,
      ),
      settled(outcome),
    ]);
    return { ...informationOf(tenant, handle, record, userId), accessToken, refreshToken, antiCsrfToken };
  }

  /** Verifies an access token. The first use of a refreshed token makes its refresh token the new parent. */
  async verify(app: string, token: string, verification: Verification): Promise<SessionInformation> {
    const { enableAntiCsrf, doAntiCsrfCheck, antiCsrfToken } = verification;
    const checksAntiCsrf = enableAntiCsrf && doAntiCsrfCheck;
    const info = await verifyAccessToken(token, this.#keysOf(app).signing, checksAntiCsrf);
    const tenant = this.#tenants.get(app, info.tenant);
    if (checksAntiCsrf && (antiCsrfToken === undefined || !isSameSecret(antiCsrfToken, info.antiCsrfToken ?? ''))) {
      throw new TryRefreshToken('anti-csrf check failed');
    }
    const asTokenSays = informationOfToken(info, info.userData);
    let isPayloadOutdated = false;
    if (verification.checkDatabase) {
      const record = await this.#read(tenant, info.sessionHandle);
      if (record === undefined) throw new Unauthorised('Either the session has ended or has been blacklisted');
      if (!info.isForSession && !this.#isOf(tenant, record, info)) throw new TryRefreshToken(NOT_FOR_SESSION);
      isPayloadOutdated = !isDeepStrictEqual(info.userData, record.userDataInJWT);
    } else if (!info.isForSession) throw new TryRefreshToken(NOT_FOR_SESSION);
    const parent = info.parentRefreshTokenHash1;
    if (parent === null && !isPayloadOutdated) return asTokenSays;

    const hash2 = sha256(info.refreshTokenHash1);
    const { record, isNewTokenDue } = await settled(
      this.#store.transact((transaction) => {
        const stored = getSession(transaction, tenant, info.sessionHandle);
        if (stored === undefined) throw new Unauthorised('Session missing in db');
        if (parent !== null && isSameSecret(stored.refreshTokenHash2, sha256(parent))) {
          const promoted = { ...stored, refreshTokenHash2: hash2, expiry: sessionExpiry(tenant, tenant.now()) };
          updateSession(transaction, stored, promoted);
          return { record: promoted, isNewTokenDue: true };
        }
        return { record: stored, isNewTokenDue: isPayloadOutdated || isSameSecret(stored.refreshTokenHash2, hash2) };
      }),
    );
    if (!isNewTokenDue) return asTokenSays;
    const accessToken = await this.#tokens.accessToken(
      tenant,
      { ...info, parentRefreshTokenHash1: null, userData: record.userDataInJWT },
      record.useStaticKey,
    );
    return { ...informationOfToken(info, record.userDataInJWT), accessToken };
  }

  /**
   * Exchanges a refresh token for new tokens. Until the new ones are used, the old one may be exchanged again, because the
   * response may have been lost.
   *
   * @throws Unauthorised
   * @throws TokenTheftDetected when a later token has been used
   */
  async refresh(app: string, token: string, refresh: Refresh): Promise<SessionInformation> {
    const info = readRefreshToken(token, await this.#keysOf(app).refreshTokenSecret());
    if (
      refresh.enableAntiCsrf &&
      info.antiCsrfToken !== null &&
      (refresh.antiCsrfToken === undefined || !isSameSecret(info.antiCsrfToken, refresh.antiCsrfToken))
    ) {
      throw new Unauthorised('Anti CSRF token missing, or not matching');
    }
    const tenant = this.#tenants.get(app, info.tenant);
    const now = tenant.now();
    const hash1 = sha256(token);
    const appTenant = this.#tenants.get(app, PUBLIC);
    const { record, userId, useStaticKey } = await settled(
      this.#store.transact((transaction) => {
        const stored = getSession(transaction, tenant, info.sessionHandle);
        if (stored === undefined || stored.expiry < now) {
          throw new Unauthorised('Session missing in db or has expired');
        }
        const { userId } = idsForSession(transaction, appTenant, stored.userId);
        const useStaticKey = refresh.useStaticKey ?? stored.useStaticKey;
        const current = this.#asCurrent(tenant, stored, info, hash1);
        if (current === undefined) throw new TokenTheftDetected(info.sessionHandle, userId, stored.userId);
        const record = useStaticKey === current.useStaticKey ? current : { ...current, useStaticKey };
        if (record !== stored) updateSession(transaction, stored, record);
        this.#activeUsers.note(transaction, app, toOwnId(transaction, appTenant, userId), now);
        return { record, userId, useStaticKey };
      }),
    );
    const antiCsrfToken = refresh.enableAntiCsrf ? randomUUID() : null;
    const child = { ...info, userId: record.userId, parentRefreshTokenHash1: hash1, antiCsrfToken };
    const refreshToken = await this.#tokens.refreshToken(tenant, child, now);
    const lineage = {
      refreshTokenHash1: sha256(refreshToken.token),
      parentRefreshTokenHash1: hash1,
      antiCsrfToken,
    };
    const accessToken = await this.#tokens.accessToken(
      tenant,
      { ...claimsOf(tenant, info.sessionHandle, record, userId), ...lineage, version: refresh.tokenVersion },
      useStaticKey,
    );
    return { ...informationOf(tenant, info.sessionHandle, record, userId), accessToken, refreshToken, antiCsrfToken };
  }

  /**
   * Replaces or updates the payload of an access token. For an expired token, only the session changes.
   *
   * @throws Unauthorised
   * @throws TryRefreshToken when the token is not the app's
   * @throws AccessTokenPayloadError
   */
  async regenerate(
    app: string,
    token: string,
    userDataInJWT: JsonObject | undefined,
    checksStoredPayload: boolean,
  ): Promise<SessionInformation> {
    const info = await readAccessToken(token, this.#keysOf(app).signing);
    if (!info.isForSession) throw new TryRefreshToken(NOT_FOR_SESSION);
    const tenant = this.#tenants.get(app, info.tenant);
    const record = await this.#change(tenant, info.sessionHandle, (stored) => {
      const payload = userDataInJWT ?? stored.userDataInJWT;
      if (checksStoredPayload) checkStoredPayload(payload, info.version);
      return { ...stored, userDataInJWT: payload };
    });
    const payload = record.userDataInJWT;
    if (info.expiry < tenant.now()) return informationOfToken(info, payload);
    const accessToken = await this.#tokens.accessToken(
      tenant,
      { ...info, userData: payload },
      record.useStaticKey,
      info.expiry,
    );
    return { ...informationOfToken(info, payload), accessToken };
  }

  /** @throws Unauthorised when the session does not exist or has expired */
  async get(tenant: Tenant, handle: string): Promise<SessionRecord> {
    const record = await this.#read(tenant, handle);
    if (record === undefined || record.expiry <= tenant.now()) throw new Unauthorised('Session does not exist.');
    return record;
  }

  /** @throws Unauthorised when the session does not exist or has expired */
  async updateDatabaseData(tenant: Tenant, handle: string, userDataInDatabase: JsonObject): Promise<void> {
    await this.#change(tenant, handle, (stored) => ({ ...stored, userDataInDatabase }));
  }

  /** @throws Unauthorised when the session does not exist or has expired */
  async updateJwtData(tenant: Tenant, handle: string, userDataInJWT: JsonObject): Promise<void> {
    await this.#change(tenant, handle, (stored) => ({ ...stored, userDataInJWT }));
  }

  /** The id of the session's user: the primary user, if the session's login method is linked to one. */
  async userIdOf(tenant: Tenant, record: SessionRecord): Promise<string> {
    const app = this.#tenants.get(tenant.app, PUBLIC);
    return settled(this.#store.read((reader) => userIdOf(reader, app, record.userId) ?? record.userId));
  }

  /** The handles of a user's unexpired sessions; with `ofAllLinked`, of all of the user's login methods. */
  async handles(tenants: readonly Tenant[], userId: string, ofAllLinked = false): Promise<string[]> {
    return this.#eachSession((work) => this.#store.read(work), tenants, userId, ofAllLinked);
  }

  /**
   * Revokes sessions, including expired ones, some at a time.
   *
   * @returns the handles whose sessions existed
   * @throws TenantOrAppNotFound when a handle names an unknown tenant
   */
  async remove(app: string, handles: readonly string[]): Promise<string[]> {
    const located = handles.map((handle) => ({ handle, tenant: this.#tenants.get(app, tenantOfHandle(handle)) }));
    const removed: string[] = [];
    const unique = new Set<string>();
    for (let at = 0; at < located.length; ) {
      if (at > 0) await new Promise(setImmediate);
      const outcome = this.#store.transact((transaction) => {
        const until = performance.now() + REMOVING;
        do {
          const { handle, tenant } = located[at++]!;
          const record = getSession(transaction, tenant, handle);
          if (record !== undefined) {
            removeSession(transaction, record);
            unique.add(handle);
          }
          if (unique.has(handle)) removed.push(handle);
        } while (at < located.length && performance.now() < until);
      });
      await settled(outcome);
    }
    return removed;
  }

  /** Revokes all sessions of a user; with `ofAllLinked`, of all of the user's login methods. @returns their handles */
  async removeAll(tenants: readonly Tenant[], userId: string, ofAllLinked = false): Promise<string[]> {
    return this.#eachSession((work) => this.#store.transact(work), tenants, userId, ofAllLinked, removeSession);
  }

  async #eachSession<View extends Reader>(
    run: <T>(work: (view: View) => T) => Outcome<T>,
    tenants: readonly Tenant[],
    userId: string,
    ofAllLinked: boolean,
    act: (view: View, session: SessionOfUser) => void = () => {},
  ): Promise<string[]> {
    const handles: string[] = [];
    for (const id of await settled(
      this.#store.read((reader) => this.#idsOf(reader, tenants[0], userId, ofAllLinked)),
    )) {
      for (const tenant of tenants) {
        const now = tenant.now();
        await eachSessionOfUser(run, tenant, id, (view, session) => {
          if (session.expiry < now) return;
          act(view, session);
          handles.push(handleOfSession(tenant, session));
        });
      }
    }
    return handles;
  }

  /** The ids that a user's sessions may have: with `ofAllLinked`, those of all login methods. */
  #idsOf(reader: Reader, tenant: Tenant | undefined, userId: string, ofAllLinked: boolean): Set<string> {
    const ids = new Set([userId]);
    if (!ofAllLinked || tenant === undefined) return ids;
    const app = this.#tenants.get(tenant.app, PUBLIC);
    for (const { id } of getUser(reader, app, userId)?.loginMethods ?? []) ids.add(id);
    return ids;
  }

  // The session with the presented token as its current one: it already is, or it is a child of the current one and is used for
  // the first time. Otherwise the token has been replaced.
  #asCurrent(tenant: Tenant, stored: SessionRecord, info: RefreshTokenInfo, hash1: string): SessionRecord | undefined {
    const hash2 = sha256(hash1);
    if (isSameSecret(stored.refreshTokenHash2, hash2)) return stored;
    const parent = info.parentRefreshTokenHash1;
    if (parent === null || !isSameSecret(stored.refreshTokenHash2, sha256(parent))) return undefined;
    return { ...stored, refreshTokenHash2: hash2, expiry: sessionExpiry(tenant, tenant.now()) };
  }

  // Only a holder of a session's access token knows the hash of its refresh token.
  #isOf(tenant: Tenant, record: SessionRecord, info: AccessTokenInfo): boolean {
    const app = this.#tenants.get(tenant.app, PUBLIC);
    return (
      isSameSecret(record.refreshTokenHash2, sha256(info.refreshTokenHash1)) &&
      record.userId === info.recipeUserId &&
      this.#store.read((reader) => idsForSession(reader, app, record.userId)).value.userId === info.userId
    );
  }

  async #read(tenant: Tenant, handle: string): Promise<SessionRecord | undefined> {
    return settled(this.#store.read((reader) => getSession(reader, tenant, handle)));
  }

  async #change(
    tenant: Tenant,
    handle: string,
    change: (stored: SessionRecord) => SessionRecord,
  ): Promise<SessionRecord> {
    return settled(
      this.#store.transact((transaction) => {
        const stored = getSession(transaction, tenant, handle);
        if (stored === undefined || stored.expiry <= tenant.now()) throw new Unauthorised('Session does not exist.');
        const changed = change(stored);
        updateSession(transaction, stored, changed);
        return changed;
      }),
    );
  }
}

const NOT_FOR_SESSION = 'The JWT was not made for a session';

function claimsOf(tenant: Tenant, sessionHandle: string, record: SessionRecord, userId: string) {
  const { userId: recipeUserId, userDataInJWT: userData } = record;
  return { sessionHandle, userId, recipeUserId, tenant: tenant.id, userData };
}

function informationOf(tenant: Tenant, handle: string, record: SessionRecord, userId: string): SessionInformation {
  const { userId: recipeUserId, userDataInJWT } = record;
  return { handle, userId, recipeUserId, userDataInJWT, tenant: tenant.id };
}

function informationOfToken(info: AccessTokenInfo, userDataInJWT: JsonObject): SessionInformation {
  const { sessionHandle, userId, recipeUserId, tenant } = info;
  return { handle: sessionHandle, userId, recipeUserId, userDataInJWT, tenant };
}
