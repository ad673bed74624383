import { type CBORType, decodePartialCBOR } from '@levischuck/tiny-cbor';
import { malformed } from './credential-refused.js';

/**
 * What an authenticator signs.
 *
 * @see https://www.w3.org/TR/webauthn-2/#sctn-authenticator-data
 */
export interface AuthenticatorData {
  readonly rpIdHash: Buffer;
  readonly isUserPresent: boolean;
  readonly isUserVerified: boolean;
  readonly isBackupEligible: boolean;
  readonly isBackedUp: boolean;
  readonly counter: number;
  /** Of a credential that is being made. */
  readonly attested: AttestedCredential | undefined;
}

export interface AttestedCredential {
  readonly credentialId: Buffer;
  /** As COSE has it. */
  readonly publicKey: Buffer;
}

const HASH_BYTES = 32;
const HEAD_BYTES = HASH_BYTES + 1 + 4;
const AAGUID_BYTES = 16;
const FLAGS = { userPresent: 1, userVerified: 4, backupEligible: 8, backedUp: 16, attested: 64, extensions: 128 };
const BAD_LAYOUT = 'provided data does not have proper byte layout';

/** @throws CredentialRefused when the bytes are not of this form */
export function parseAuthenticatorData(bytes: Buffer): AuthenticatorData {
  if (bytes.length < HEAD_BYTES) throw malformed(BAD_LAYOUT);
  const flags = bytes[HASH_BYTES] as number;
  const has = (flag: keyof typeof FLAGS) => (flags & FLAGS[flag]) !== 0;
  let at = HEAD_BYTES;
  let attested: AttestedCredential | undefined;
  // The flag is also set in assertions that have nothing of the kind.
  if (has('attested') && at < bytes.length) {
    const idAt = at + AAGUID_BYTES + 2;
    if (bytes.length < idAt) throw malformed(BAD_LAYOUT);
    const keyAt = idAt + bytes.readUInt16BE(idAt - 2);
    if (bytes.length < keyAt) throw malformed(BAD_LAYOUT);
    at = keyAt + cborLength(bytes, keyAt);
    attested = { credentialId: bytes.subarray(idAt, keyAt), publicKey: bytes.subarray(keyAt, at) };
  }
  if (has('extensions') && at < bytes.length) at += cborLength(bytes, at);
  if (at < bytes.length) throw malformed(BAD_LAYOUT);
  return {
    rpIdHash: bytes.subarray(0, HASH_BYTES),
    isUserPresent: has('userPresent'),
    isUserVerified: has('userVerified'),
    isBackupEligible: has('backupEligible'),
    isBackedUp: has('backedUp'),
    counter: bytes.readUInt32BE(HASH_BYTES + 1),
    attested,
  };
}

function cborLength(bytes: Buffer, at: number): number {
  return decodeCbor(bytes, at)[1];
}

/** A value and its length in bytes. @throws CredentialRefused if there is no value at `at` */
export function decodeCbor(bytes: Buffer, at = 0): [value: CBORType, length: number] {
  let decoded: [CBORType, number];
  try {
    decoded = decodePartialCBOR(Uint8Array.from(bytes), at);
  } catch {
    throw malformed();
  }
  // The library takes a string that is cut short for a shorter one.
  if (at + decoded[1] > bytes.length) throw malformed();
  return decoded;
}
