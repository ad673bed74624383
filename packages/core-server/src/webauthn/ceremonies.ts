import { createHash, timingSafeEqual } from 'node:crypto';
import { BadRequest } from '../common/errors.js';
import { single } from '../json/input.js';
import { isObject, type Json, type JsonObject } from '../json/json.js';
import { decodeBase64, MalformedBase64 } from '../sessions/base64.js';
import { type AuthenticatorData, decodeCbor, parseAuthenticatorData } from './authenticator-data.js';
import { type ClientData, parseClientData } from './client-data.js';
import { malformed, require } from './credential-refused.js';
import { parseOrigin } from './origin.js';
import { isSignedBy, parsePublicKey } from './public-key.js';

// The checks, their order and their words are those of the library that the real Core has for them.

/** What a credential is verified against. */
export interface Expected {
  /** In base64url. */
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
  readonly isUserVerificationRequired: boolean;
  readonly isUserPresenceRequired: boolean;
}

/** A new credential that has been verified. */
export interface Registration {
  /** As COSE has it. */
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[] | null;
}

const FORMATS: ReadonlySet<unknown> = new Set([
  ...['none', 'packed', 'fido-u2f', 'tpm', 'apple', 'android-key', 'android-safetynet'],
]);
const LONGEST_ID = 1023;

/**
 * Verifies the result of `navigator.credentials.create()`. Does not check the authenticator's maker.
 *
 * @throws CredentialRefused
 * @throws BadRequest when there is no response, or something is not base64url
 * @see https://www.w3.org/TR/webauthn-2/#sctn-registering-a-new-credential
 */
export function verifyRegistration(credential: JsonObject, expected: Expected): Registration {
  const response = responseOf(credential, ['attestationObject', 'clientDataJSON']);
  const transports = transportsOf(response.transports);
  const { format, statement, authenticatorData } = parseAttestation(bytesOf(response.attestationObject));
  const clientData = parseClientData(bytesOf(response.clientDataJSON));
  if (!FORMATS.has(format) || (format !== 'none' && statement.size === 0)) throw malformed();
  const { attested, counter } = authenticatorData;
  if (attested !== undefined) parsePublicKey(attested.publicKey);
  require(clientData !== null, 'collectedClientData must not be null');
  require(attested !== undefined, 'attestedCredentialData must not be null on registration');
  verifyCommon('create', clientData as ClientData, authenticatorData, expected);
  require(format !== 'none' || statement.size === 0, 'Unknown property is set to the none attestation statement.');
  const { credentialId, publicKey } = attested as NonNullable<typeof attested>;
  require(credentialId.length <= LONGEST_ID, `credentialId exceeds maxCredentialIdSize(${LONGEST_ID} bytes)`);
  return { publicKey, counter, transports };
}

/**
 * Verifies the result of `navigator.credentials.get()`.
 *
 * @param publicKey of the credential, as COSE has it
 * @returns the authenticator's counter, which the caller compares with the last one
 * @throws CredentialRefused
 * @throws BadRequest when there is no response, or something is not base64url
 * @see https://www.w3.org/TR/webauthn-2/#sctn-verifying-assertion
 */
export function verifyAssertion(credential: JsonObject, publicKey: Buffer, expected: Expected): number {
  const response = responseOf(credential, ['clientDataJSON', 'authenticatorData', 'signature']);
  const signature = bytesOf(response.signature);
  if (typeof response.userHandle === 'string') bytesOf(response.userHandle);
  const clientDataBytes = bytesOf(response.clientDataJSON);
  const clientData = parseClientData(clientDataBytes);
  const authenticatorBytes = bytesOf(response.authenticatorData);
  const authenticatorData = parseAuthenticatorData(authenticatorBytes);
  require((credential.rawId ?? null) !== null, 'credentialId must not be null');
  require(clientData !== null, 'collectedClientData must not be null');
  require(authenticatorData.attested === undefined, 'attestedCredentialData must be null on authentication');
  verifyCommon('get', clientData as ClientData, authenticatorData, expected);
  const signed = Buffer.concat([authenticatorBytes, sha256(clientDataBytes)]);
  require(isSignedBy(parsePublicKey(publicKey), signed, signature), 'Assertion signature is not valid.');
  return authenticatorData.counter;
}

/** A counter that does not rise indicates a cloned authenticator. @throws CredentialRefused */
export function verifyCounter(presented: number, stored: number): void {
  const isRight = presented > stored || (presented === 0 && stored === 0);
  require(isRight, 'Malicious counter value is detected. Cloned authenticators exist in parallel.');
}

function verifyCommon(
  action: 'create' | 'get',
  clientData: ClientData,
  authenticatorData: AuthenticatorData,
  expected: Expected,
): void {
  const ceremony = action === 'create' ? 'registration' : 'authentication';
  require(clientData.type ===
    `webauthn.${action}`, `ClientData.type must be '${action}' on ${ceremony}, but it isn't.`);
  const challenge = Buffer.from(expected.challenge, 'base64url');
  require(clientData.challenge.length === challenge.length &&
    timingSafeEqual(clientData.challenge, challenge), 'The actual challenge does not match the expected challenge');
  const { name, identity } = clientData.origin;
  require(identity ===
    parseOrigin(expected.origin)
      ?.identity, `The collectedClientData '${name}' origin doesn't match any of the preconfigured server origin.`);
  if (action === 'get') {
    require(!clientData.isCrossOrigin, 'Cross-origin request is prohibited. Relax AuthenticationDataVerifier config if necessary.');
  }
  const { tokenBinding = 'supported' } = clientData;
  require(tokenBinding !== 'present', 'TokenBinding id does not match');
  require(['supported', 'not-supported'].includes(tokenBinding), 'Unknown TokenBindingStatus value');
  require(authenticatorData.rpIdHash.equals(
    sha256(expected.rpId),
  ), "rpIdHash doesn't match the hash of preconfigured rpId.");
  require(authenticatorData.isUserPresent ||
    !expected.isUserPresenceRequired, 'Verifier is configured to check user present, but UP flag in authenticatorData is not set.');
  require(authenticatorData.isUserVerified ||
    !expected.isUserVerificationRequired, 'Verifier is configured to check user verified, but UV flag in authenticatorData is not set.');
  require(authenticatorData.isBackupEligible ||
    !authenticatorData.isBackedUp, 'Backup state bit must not be set if backup eligibility bit is not set');
}

/** The id of a credential that says what it is. @throws CredentialRefused @throws BadRequest */
export function credentialIdOf(credential: JsonObject): string {
  const id = textOf(credential, 'id');
  bytesOf(id);
  const type = textOf(credential, 'type');
  if (type.toLowerCase() !== 'public-key') throw malformed(`not supported credential type: '${type}'`);
  return id;
}

// Reads any scalar, and an array of one as what it holds: the form is checked with the response.
function textOf(credential: JsonObject, field: 'id' | 'type'): string {
  const value = single(credential[field]);
  if ((credential[field] ?? null) === null) throw malformed(`credential ${field} is missing!`);
  if (value === null || typeof value === 'object')
    throw new BadRequest(`Field name '${field}' is invalid in JSON input`);
  if (value === '') throw malformed(`credential ${field} is empty!`);
  return String(value);
}

/** The response of a credential of the right form, in which the fields named are there. */
function responseOf(credential: JsonObject, fields: readonly string[]): JsonObject {
  const { response, clientExtensionResults: extensions, authenticatorAttachment: attachment } = credential;
  if ((response ?? null) === null) throw new BadRequest("Field name 'credential' has no response in JSON input");
  if (!isObject(response) || Array.isArray(credential.id)) throw malformed();
  if (!isObject(extensions ?? {})) throw malformed();
  if (attachment !== undefined && attachment !== null && typeof attachment !== 'string') throw malformed();
  if (typeof credential.rawId === 'string') bytesOf(credential.rawId);
  if (fields.some((field) => (response[field] ?? null) === null)) throw malformed();
  return response;
}

function transportsOf(transports: Json | undefined): string[] | null {
  if (transports === undefined || transports === null) return null;
  if (!Array.isArray(transports) || !transports.every((transport) => typeof transport === 'string')) throw malformed();
  return transports;
}

interface Attestation {
  readonly format: unknown;
  readonly statement: ReadonlyMap<unknown, unknown>;
  readonly authenticatorData: AuthenticatorData;
}

function parseAttestation(bytes: Buffer): Attestation {
  const [attestation] = decodeCbor(bytes);
  if (!(attestation instanceof Map)) throw malformed();
  const data = attestation.get('authData');
  const statement = attestation.get('attStmt');
  if (!(data instanceof Uint8Array) || !(statement instanceof Map)) throw malformed();
  return { format: attestation.get('fmt'), statement, authenticatorData: parseAuthenticatorData(Buffer.from(data)) };
}

/** @throws BadRequest when it is not base64url */
export function bytesOf(value: Json | undefined): Buffer {
  try {
    if (typeof value === 'string') return decodeBase64(value, 'base64url');
  } catch (error) {
    if (!(error instanceof MalformedBase64)) throw error;
  }
  throw new BadRequest("Field name 'credential' has something that is not base64url in JSON input");
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
