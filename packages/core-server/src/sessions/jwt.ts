import { RecentlyUsed } from '../common/recently-used.js';
import type { Json, JsonObject } from '../json/json.js';
import type { SigningKey } from '../keys/signing-key.js';

/**
 * Makes a JWT in compact form.
 *
 * @param version of an access token; other JWTs have none
 * @see https://www.rfc-editor.org/rfc/rfc7519
 */
export async function createJwt(payload: JsonObject, key: SigningKey, version?: string): Promise<string> {
  const claims = Object.hasOwn(payload, 'aud') ? withAudience(payload) : payload;
  const content = `${encodedHeader(key.kid, version)}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${content}.${(await key.sign(content)).toString('base64url')}`;
}

// The audience is a string or several; whatever else is in it is left out, and one alone stands for itself.
function withAudience(payload: JsonObject): JsonObject {
  const { aud, ...claims } = payload;
  const all: Json[] = Array.isArray(aud) ? aud : [aud as Json];
  const audience = all.filter((one) => typeof one === 'string');
  if (audience.length === 0) return claims;
  return { ...claims, aud: audience.length === 1 ? (audience[0] as string) : audience };
}

// Few keys and versions are in use at a time, so encoded headers are cached.
const headers = new RecentlyUsed<string, string>(100);

function encodedHeader(kid: string, version: string | undefined): string {
  const name = `${kid} ${version ?? ''}`;
  let encoded = headers.get(name);
  if (encoded === undefined) {
    const header = { kid, typ: 'JWT', ...(version !== undefined && { version }), alg: 'RS256' };
    encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
    headers.set(name, encoded);
  }
  return encoded;
}
