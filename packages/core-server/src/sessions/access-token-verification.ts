import { RecentlyUsed } from '../common/recently-used.js';
import { tenantNamed } from '../common/tenant-names.js';
import { isObject, type Json, type JsonObject, MOST_VALUES, parseObject } from '../json/json.js';
import { parseLargeObject, TooManyValues } from '../json/large-json.js';
import type { SigningKey } from '../keys/signing-key.js';
import type { SigningKeys } from '../keys/signing-keys.js';
import { type AccessTokenClaims, CLAIMS, HEADER_V2, type TokenVersion } from './access-token.js';
import { decodeBase64, MalformedBase64 } from './base64.js';
import { partsBetweenDots } from './dots.js';
import { ForgedAccessToken, MalformedAccessToken, TryRefreshToken } from './refusals.js';

/** What an access token says that the app has signed. */
export interface AccessTokenInfo extends AccessTokenClaims {
  /**
   * Whether it was made for a session. The Core also signs JWTs for applications, with the same keys and any claims. Such a JWT
   * may contain all claims of an access token, but does not prove a session by itself.
   */
  readonly isForSession: boolean;
}

const OWN: Readonly<Record<TokenVersion, ReadonlySet<string>>> = {
  2: new Set(CLAIMS[2]),
  3: new Set(CLAIMS[3]),
  4: new Set(CLAIMS[4]),
  5: new Set(CLAIMS[5]),
};

/**
 * Reads an access token and checks its signature, its claims and its expiry.
 *
 * @param needsAntiCsrf whether to refuse a token without an anti-CSRF token
 * @throws TryRefreshToken
 */
export async function verifyAccessToken(
  token: string,
  keys: SigningKeys,
  needsAntiCsrf: boolean,
): Promise<AccessTokenInfo> {
  const info = await readSigned(token, keys, 'signature first');
  if (info.expiry < keys.now()) throw new TryRefreshToken('Access token expired');
  if (needsAntiCsrf && info.antiCsrfToken === null) throw new TryRefreshToken(INCOMPLETE);
  return info;
}

/** Like {@link verifyAccessToken}, but also accepts an expired token. @throws TryRefreshToken */
export async function readAccessToken(token: string, keys: SigningKeys): Promise<AccessTokenInfo> {
  return readSigned(token, keys, 'claims first');
}

// The same token arrives many times, so its claims are cached once its signature is verified, for as long as its key exists.
const verified = new WeakMap<SigningKey, RecentlyUsed<string, AccessTokenInfo>>();
const REMEMBERED = 1000;
/** Longer tokens are not cached: a thousand of them would take much memory. Browsers cannot send them in a header anyway. */
const LONGEST_REMEMBERED = 16 * 1024;

// If a token has both faults, the caller decides which one is reported.
async function readSigned(
  token: string,
  keys: SigningKeys,
  order: 'signature first' | 'claims first',
): Promise<AccessTokenInfo> {
  const parsed = parse(token);
  const claimed = order === 'claims first' ? infoOf(parsed) : undefined;
  const candidates = await candidateKeys(parsed, keys);
  if (candidates.length === 0) throw new ForgedAccessToken('Key not found', claimed);
  for (const key of candidates) {
    const known = verified.get(key)?.get(token);
    if (known !== undefined) return known;
  }
  const signature = signatureOf(parsed);
  const key = signature && candidates.find((candidate) => candidate.verify(parsed.content, signature));
  if (key === undefined) throw new ForgedAccessToken(`${JWT_EXCEPTION} JWT verification failed`, claimed);
  const info = claimed ?? infoOf(parsed);
  if (token.length <= LONGEST_REMEMBERED) {
    const ofKey = verified.get(key) ?? new RecentlyUsed(REMEMBERED);
    ofKey.set(token, info);
    verified.set(key, ofKey);
  }
  return info;
}

interface ParsedToken {
  readonly version: TokenVersion;
  readonly isForSession: boolean;
  /** Absent in version 2. */
  readonly kid: string | undefined;
  readonly content: string;
  readonly payload: string;
  readonly signature: string;
}

const INCOMPLETE = 'Access token does not contain all the information. Maybe the structure has changed?';

function parse(token: string): ParsedToken {
  const [header, payload, signature, ...more] = partsBetweenDots(token);
  if (!header || !payload || !signature || more.length > 0) throw malformed('Invalid JWT');
  const { version, kid } = parseHeader(header);
  return {
    version: version ?? '5',
    isForSession: version !== undefined,
    kid,
    content: `${header}.${payload}`,
    payload,
    signature,
  };
}

interface Header {
  readonly version: TokenVersion | undefined;
  readonly kid: string | undefined;
}

/** A Core's header has some 150 characters. Longer ones are not cached, for anybody can send them. */
const LONGEST_HEADER = 1024;
// A Core issues few different headers, so parsed ones are cached.
const knownHeaders = new RecentlyUsed<string, Header>(100);

function parseHeader(encoded: string): Header {
  if (encoded === HEADER_V2) return { version: '2', kid: undefined };
  const known = knownHeaders.get(encoded);
  if (known !== undefined) return known;
  const header = decodeObject(encoded, 'base64url');
  for (const [name, expected] of [
    ['typ', 'JWT'],
    ['alg', 'RS256'],
  ] as const) {
    const value = header[name];
    if (value === undefined || typeof value === 'object') throw malformed(`JWT header missing - ${name}`);
    if (value !== expected) throw malformed(`JWT header mismatch - ${name}`);
  }
  const { version, kid } = header;
  if (version !== undefined && !isCurrentVersion(version)) throw malformed('JWT header mismatch - version');
  if (kid === undefined || typeof kid === 'object') throw malformed('JWT header missing - kid');
  if (typeof kid !== 'string') throw malformed('JWT header mismatch - kid');
  const parsed: Header = { version, kid };
  if (encoded.length <= LONGEST_HEADER) knownHeaders.set(encoded, parsed);
  return parsed;
}

function isCurrentVersion(version: Json): version is '3' | '4' | '5' {
  return version === '3' || version === '4' || version === '5';
}

// A token of version 2 does not name its key.
async function candidateKeys({ kid }: ParsedToken, keys: SigningKeys): Promise<readonly SigningKey[]> {
  if (kid === undefined) return keys.all();
  const key = await keys.find(kid);
  return key === undefined ? [] : [key];
}

/** @returns `undefined` if it is not base64 */
function signatureOf({ version, signature }: ParsedToken): Buffer | undefined {
  try {
    return decodeBase64(signature, version === '2' ? 'base64' : 'base64url');
  } catch (error) {
    if (error instanceof MalformedBase64) return undefined;
    throw error;
  }
}

function infoOf({ version, isForSession, payload: encoded }: ParsedToken): AccessTokenInfo {
  const payload = decodeObject(encoded, version === '2' ? 'base64' : 'base64url');
  for (const claim of CLAIMS[version]) {
    if (!Object.hasOwn(payload, claim)) throw new TryRefreshToken(`${INCOMPLETE} ${claim}`);
  }
  const optional = (claim: string) => (typeof payload[claim] === 'string' ? payload[claim] : null);
  const common = {
    version,
    isForSession,
    sessionHandle: String(payload.sessionHandle),
    refreshTokenHash1: String(payload.refreshTokenHash1),
    parentRefreshTokenHash1: optional('parentRefreshTokenHash1'),
    antiCsrfToken: optional('antiCsrfToken'),
  };
  if (version === '2') {
    const userId = String(payload.userId);
    const userData = isObject(payload.userData) ? payload.userData : {};
    return {
      ...common,
      userId,
      recipeUserId: userId,
      tenant: tenantNamed(null),
      userData,
      expiry: Number(payload.expiryTime),
    };
  }
  const userId = String(payload.sub);
  return {
    ...common,
    userId,
    recipeUserId: version === '5' ? String(payload.rsub) : userId,
    // In a token of version 3 the tenant claim is the application's.
    tenant: tenantNamed(version === '3' ? null : String(payload.tId)),
    userData: Object.fromEntries(Object.entries(payload).filter(([claim]) => !OWN[version].has(claim))),
    expiry: Number(payload.exp) * 1000,
  };
}

function decodeObject(encoded: string, alphabet: 'base64' | 'base64url'): JsonObject {
  try {
    const bytes = decodeBase64(encoded, alphabet);
    return bytes.length < LARGE ? parseObject(bytes.toString()) : parseLargeObject(bytes, MOST_CLAIMS);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof MalformedBase64 || error instanceof TooManyValues) {
      throw malformed('Invalid JWT');
    }
    throw error;
  }
}

/** From this many bytes on, the claims of a token are counted: they may be anybody's. */
const LARGE = 64 * 1024;
/** A session's payload and the claims of the Core. */
const MOST_CLAIMS = MOST_VALUES + 100;

// Errors of JWTs use the real Core's wording.
const JWT_EXCEPTION = 'io.supertokens.session.jwt.JWT$JWTException:';
const malformed = (what: string) => new MalformedAccessToken(`${JWT_EXCEPTION} ${what}`);
