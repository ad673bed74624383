import type { AppKeys } from '../keys/app-keys.js';
import type { Tenant } from '../tenants/tenants.js';
import { type AccessTokenClaims, createAccessToken, type TokenInfo } from './access-token.js';
import { createRefreshToken, type RefreshTokenInfo } from './refresh-token.js';

/** Issues session tokens, with the app's keys and the lifetimes in the tenant's settings. */
export class TokenIssuer {
  readonly #keysOf: (app: string) => AppKeys;

  constructor(keysOf: (app: string) => AppKeys) {
    this.#keysOf = keysOf;
  }

  async refreshToken(tenant: Tenant, info: RefreshTokenInfo, now: number): Promise<TokenInfo> {
    const secret = await this.#keysOf(tenant.app).refreshTokenSecret();
    return { token: createRefreshToken(info, secret), expiry: sessionExpiry(tenant, now), createdTime: now };
  }

  /**
   * @param expiry the full validity where it is left out; it begins when there is a key to sign with, for the first one may
   *   have to be waited for
   * @throws AccessTokenPayloadError
   */
  async accessToken(
    tenant: Tenant,
    claims: Omit<AccessTokenClaims, 'expiry'>,
    useStaticKey: boolean,
    expiry?: number,
  ): Promise<TokenInfo> {
    const key = await this.#keysOf(tenant.app).signing.signingKey(useStaticKey ? 'static' : 'dynamic');
    const now = tenant.now();
    const validity = tenant.settings.access_token_validity * 1000;
    return createAccessToken({ ...claims, expiry: expiry ?? now + validity }, key, now);
  }
}

/** When a session that is last used at `now` expires. */
export function sessionExpiry(tenant: Tenant, now: number): number {
  return now + Math.trunc(tenant.settings.refresh_token_validity * 60_000);
}
