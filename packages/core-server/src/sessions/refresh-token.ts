import { createCipheriv, createDecipheriv, createHash, pbkdf2Sync, randomBytes, randomUUID } from 'node:crypto';
import { PUBLIC, tenantNamed } from '../common/tenant-names.js';
import { type JsonObject, parseObject } from '../json/json.js';
import { decodeBase64, MalformedBase64 } from './base64.js';
import { partsBetweenDots } from './dots.js';
import { Unauthorised } from './refusals.js';

/** The content of a refresh token. */
export interface RefreshTokenInfo {
  readonly sessionHandle: string;
  readonly userId: string;
  readonly tenant: string;
  /** The hash of the token that was exchanged for this one. */
  readonly parentRefreshTokenHash1: string | null;
  readonly antiCsrfToken: string | null;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Creates a refresh token, which is encrypted: `<encrypted>.<nonce>.V2`.
 *
 * @param secret the app's, from `loadRefreshTokenKey`
 */
export function createRefreshToken(info: RefreshTokenInfo, secret: string): string {
  const nonce = sha256(randomUUID());
  const payload = {
    sessionHandle: info.sessionHandle,
    userId: info.userId,
    ...(info.parentRefreshTokenHash1 !== null && { parentRefreshTokenHash1: info.parentRefreshTokenHash1 }),
    nonce,
    ...(info.antiCsrfToken !== null && { antiCsrfToken: info.antiCsrfToken }),
    ...(info.tenant !== PUBLIC && { tenantId: info.tenant }),
  };
  return `${encrypt(JSON.stringify(payload), secret)}.${nonce}.V2`;
}

/** @throws Unauthorised when it is not a refresh token of this app */
export function readRefreshToken(token: string, secret: string): RefreshTokenInfo {
  if (/^\.+$/.test(token))
    throw malformed('java.lang.ArrayIndexOutOfBoundsException: Index -1 out of bounds for length 0');
  const parts = partsBetweenDots(token);
  if (!/^V[012]$/i.test(parts.at(-1) ?? '')) throw malformed('version of refresh token not recognised');
  const [encrypted, nonce] = parts;
  if (parts.length !== 3 || encrypted === undefined) {
    throw malformed(`Refresh token split with dot yielded an array of length: ${parts.length}`);
  }
  const payload = decrypt(encrypted, secret);
  const { sessionHandle, userId } = payload;
  if (typeof sessionHandle !== 'string' || typeof userId !== 'string' || payload.nonce !== nonce) {
    throw new Unauthorised('Invalid refresh token');
  }
  const optional = (name: string) => (typeof payload[name] === 'string' ? payload[name] : null);
  return {
    sessionHandle,
    userId,
    tenant: tenantNamed(optional('tenantId')),
    parentRefreshTokenHash1: optional('parentRefreshTokenHash1'),
    antiCsrfToken: optional('antiCsrfToken'),
  };
}

// AES-256-GCM; the initialisation vector is also the salt that derives this token's key from the app's secret.
function encrypt(text: string, secret: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyFor(iv, secret), iv);
  return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function decrypt(encrypted: string, secret: string): JsonObject {
  let bytes: Buffer;
  try {
    bytes = decodeBase64(encrypted, 'base64');
  } catch (error) {
    if (error instanceof MalformedBase64) {
      throw new Unauthorised(`java.lang.IllegalArgumentException: ${error.message}`);
    }
    throw error;
  }
  if (bytes.length < IV_BYTES) throw new Unauthorised('java.nio.BufferUnderflowException');
  const iv = bytes.subarray(0, IV_BYTES);
  if (bytes.length < IV_BYTES + TAG_BYTES) {
    throw badTag(`Input data too short to contain an expected tag length of ${TAG_BYTES}bytes`);
  }
  const decipher = createDecipheriv('aes-256-gcm', keyFor(iv, secret), iv);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    return parseObject(text.toString());
  } catch {
    throw badTag('Tag mismatch');
  }
}

function keyFor(salt: Buffer, secret: string): Buffer {
  return pbkdf2Sync(secret, salt, 100, 32, 'sha512');
}

function badTag(what: string): Unauthorised {
  return new Unauthorised(`javax.crypto.AEADBadTagException: ${what}`);
}

function malformed(what: string): Unauthorised {
  return new Unauthorised(
    `io.supertokens.session.refreshToken.RefreshToken$InvalidRefreshTokenFormatException: ${what}`,
  );
}
