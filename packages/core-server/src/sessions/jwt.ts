import { sign, verify } from 'node:crypto';
import type { Json, JsonObject } from '../json/json.js';
import type { SigningKey } from '../keys/key-pair.js';

/** Signs `header.payload` with RS256, off the main thread. */
export function signRs256(content: string, key: SigningKey, encoding: 'base64' | 'base64url'): Promise<string> {
  return new Promise((resolve, reject) => {
    sign('RSA-SHA256', Buffer.from(content), key.privateKey, (error, signature) => {
      if (error) reject(error);
      else resolve(`${content}.${signature.toString(encoding)}`);
    });
  });
}

export function isSignedBy(content: string, signature: Buffer, key: SigningKey): boolean {
  return verify('RSA-SHA256', Buffer.from(content), key.publicKey, signature);
}

/**
 * Makes a JWT in compact form.
 *
 * @param version of an access token; other JWTs have none
 * @see https://www.rfc-editor.org/rfc/rfc7519
 */
export function createJwt(payload: JsonObject, key: SigningKey, version?: string): Promise<string> {
  const claims = Object.hasOwn(payload, 'aud') ? withAudience(payload) : payload;
  const content = `${encodedHeader(key.kid, version)}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return signRs256(content, key, 'base64url');
}

// The audience is a string or several; whatever else is in it is left out, and one alone stands for itself.
function withAudience(payload: JsonObject): JsonObject {
  const { aud, ...claims } = payload;
  const all: Json[] = Array.isArray(aud) ? aud : [aud as Json];
  const audience = all.filter((one) => typeof one === 'string');
  if (audience.length === 0) return claims;
  return { ...claims, aud: audience.length === 1 ? (audience[0] as string) : audience };
}

// Few keys and versions are in use at a time, so their headers are encoded once.
const headers = new Map<string, string>();

function encodedHeader(kid: string, version: string | undefined): string {
  const name = `${kid} ${version ?? ''}`;
  let encoded = headers.get(name);
  if (encoded === undefined) {
    const header = { kid, typ: 'JWT', ...(version !== undefined && { version }), alg: 'RS256' };
    encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
    if (headers.size >= 1000) headers.clear();
    headers.set(name, encoded);
  }
  return encoded;
}
