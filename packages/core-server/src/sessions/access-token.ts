import { CDI_2_21, CDI_3_0, CDI_4_0, type CdiVersion } from '../cdi/version.js';
import type { JsonObject } from '../json/json.js';
import type { SigningKey } from '../keys/signing-key.js';
import { createJwt } from './jwt.js';
import { AccessTokenPayloadError } from './refusals.js';

/** The version of an access token, from its header. */
export type TokenVersion = '2' | '3' | '4' | '5';

/** The content of an access token. */
export interface AccessTokenClaims {
  readonly version: TokenVersion;
  readonly sessionHandle: string;
  readonly userId: string;
  readonly recipeUserId: string;
  readonly tenant: string;
  readonly refreshTokenHash1: string;
  /** Set from a refresh until the new tokens are used, which invalidates the old refresh token. */
  readonly parentRefreshTokenHash1: string | null;
  readonly antiCsrfToken: string | null;
  readonly userData: JsonObject;
  /** Milliseconds since the epoch. */
  readonly expiry: number;
}

/** A token with its creation and expiry times, in milliseconds since the epoch. */
export interface TokenInfo {
  readonly token: string;
  readonly expiry: number;
  readonly createdTime: number;
}

const PROTECTED = [
  'sub',
  'exp',
  'iat',
  'sessionHandle',
  'refreshTokenHash1',
  'parentRefreshTokenHash1',
  'antiCsrfToken',
];

/** The claims that are the Core's own, and that every token of the version has. */
export const CLAIMS: Readonly<Record<TokenVersion, readonly string[]>> = {
  2: ['userId', 'expiryTime', 'timeCreated', 'sessionHandle', 'refreshTokenHash1'],
  3: PROTECTED,
  4: [...PROTECTED, 'tId'],
  5: [...PROTECTED, 'tId', 'rsub'],
};

/** The header of every token of version 2, which names no key. */
export const HEADER_V2 = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT', version: '2' })).toString('base64');

/** The form that clients of a version of the interface understand. */
export function tokenVersionFor(version: CdiVersion): TokenVersion {
  if (version >= CDI_4_0) return '5';
  if (version >= CDI_3_0) return '4';
  return version >= CDI_2_21 ? '3' : '2';
}

/** @throws AccessTokenPayloadError when `userData` holds a claim of the Core's. Version 2 keeps the application's apart. */
export function checkPayload(userData: JsonObject, version: TokenVersion): void {
  if (version === '2') return;
  for (const claim of CLAIMS[version]) if (Object.hasOwn(userData, claim)) throw new AccessTokenPayloadError();
}

/** Like {@link checkPayload}, for a payload that is stored and may end in a token of any version. */
export function checkStoredPayload(userData: JsonObject, version: TokenVersion): void {
  for (const claim of CLAIMS[version]) if (Object.hasOwn(userData, claim)) throw new AccessTokenPayloadError();
}

/** Makes an access token. @throws AccessTokenPayloadError */
export async function createAccessToken(info: AccessTokenClaims, key: SigningKey, now: number): Promise<TokenInfo> {
  checkPayload(info.userData, info.version);
  const { sessionHandle, refreshTokenHash1, parentRefreshTokenHash1, antiCsrfToken } = info;
  if (info.version === '2') {
    const payload = {
      userId: info.userId,
      expiryTime: info.expiry,
      timeCreated: now,
      sessionHandle,
      refreshTokenHash1,
      ...(parentRefreshTokenHash1 !== null && { parentRefreshTokenHash1 }),
      ...(antiCsrfToken !== null && { antiCsrfToken }),
      userData: info.userData,
    };
    const content = `${HEADER_V2}.${Buffer.from(JSON.stringify(payload)).toString('base64')}`;
    const signature = (await key.sign(content)).toString('base64');
    return { token: `${content}.${signature}`, expiry: info.expiry, createdTime: now };
  }
  const exp = Math.trunc(info.expiry / 1000);
  const iat = Math.trunc(now / 1000);
  const payload = {
    sub: info.userId,
    exp,
    iat,
    ...(info.version !== '3' && { tId: info.tenant }),
    ...(info.version === '5' && { rsub: info.recipeUserId }),
    sessionHandle,
    refreshTokenHash1,
    parentRefreshTokenHash1,
    antiCsrfToken,
    ...info.userData,
  };
  return { token: await createJwt(payload, key, info.version), expiry: exp * 1000, createdTime: iat * 1000 };
}
