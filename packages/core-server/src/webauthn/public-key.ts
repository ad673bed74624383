import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import type { CBORType } from '@levischuck/tiny-cbor';
import { decodeCbor } from './authenticator-data.js';
import { malformed, require } from './credential-refused.js';

/** By their numbers in COSE: the hash that is signed; `null` where the algorithm hashes by itself. */
const HASHES = new Map<number, string | null>([
  [-7, 'sha256'],
  [-35, 'sha384'],
  [-36, 'sha512'],
  [-257, 'sha256'],
  [-258, 'sha384'],
  [-259, 'sha512'],
  [-65_535, 'sha1'],
  [-8, null],
]);
const CURVES = new Map<CBORType, string>([
  [1, 'P-256'],
  [2, 'P-384'],
  [3, 'P-521'],
  [6, 'Ed25519'],
  [7, 'Ed448'],
]);

/** The key of a credential. */
export interface CredentialKey {
  readonly key: KeyObject;
  readonly algorithm: number;
}

/**
 * @param cose the key as an authenticator sends it
 * @throws CredentialRefused when it is no key
 * @see https://www.rfc-editor.org/rfc/rfc9053#section-7
 */
export function parsePublicKey(cose: Buffer): CredentialKey {
  const [map] = decodeCbor(cose);
  if (!(map instanceof Map)) throw malformed();
  const algorithm = map.get(3);
  require(typeof algorithm === 'number', 'coseKey must not be null');
  try {
    return { key: createPublicKey({ key: jwkOf(map), format: 'jwk' }), algorithm: algorithm as number };
  } catch {
    throw malformed();
  }
}

/** Whether `signature` is the key's, over `data`. */
export function isSignedBy({ key, algorithm }: CredentialKey, data: Buffer, signature: Buffer): boolean {
  const hash = HASHES.get(algorithm);
  try {
    return hash !== undefined && verify(hash, data, key, signature);
  } catch {
    return false; // such as a key of another kind than the algorithm's
  }
}

function jwkOf(map: Map<string | number, CBORType>): JsonWebKey {
  const number = (label: number) => {
    const bytes = map.get(label);
    if (!(bytes instanceof Uint8Array)) throw malformed();
    return Buffer.from(bytes).toString('base64url');
  };
  const crv = CURVES.get(map.get(-1)) ?? '';
  switch (map.get(1)) {
    case 1:
      return { kty: 'OKP', crv, x: number(-2) };
    case 2:
      return { kty: 'EC', crv, x: number(-2), y: number(-3) };
    case 3:
      return { kty: 'RSA', n: number(-1), e: number(-2) };
    default:
      throw malformed();
  }
}
