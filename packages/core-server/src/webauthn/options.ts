import { randomBytes, randomUUID } from 'node:crypto';
import type { Key, Reader, Transaction } from '@supertokens-faunadb/store';
import { decodeBase64, MalformedBase64 } from '../sessions/base64.js';
import { removeLater } from '../storage/expiries.js';
import { key } from '../storage/key.js';
import { getJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import { hostOf } from './origin.js';

/** The request to a browser. Its answers are checked against it until it expires. */
export interface WebauthnOptions {
  readonly id: string;
  /** The space of the tenant that they were made in. */
  readonly tenant: string;
  readonly challenge: string;
  readonly rpId: string;
  readonly rpName: string;
  readonly origin: string;
  /** The email of the user who registers a credential. */
  readonly email: string | null;
  readonly userVerification: string;
  readonly userPresence: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** What options are made of. */
export type NewOptions = Omit<WebauthnOptions, 'id' | 'tenant' | 'challenge' | 'createdAt' | 'expiresAt'> & {
  /** In milliseconds. */
  readonly timeout: number;
};

/** Options that cannot be; the message says why. */
export class InvalidOptions extends Error {
  override readonly name = 'InvalidOptions';
}

const LEVELS = ['required', 'discouraged', 'preferred'];
const ATTESTATIONS = ['none', 'indirect', 'direct', 'enterprise'];

/**
 * Checks the requested options in the real Core's order.
 *
 * @throws InvalidOptions
 */
export function checkOptions(
  { origin, rpId, timeout, userVerification }: NewOptions,
  attestation: string,
  residentKey: string,
): void {
  checkOrigin(origin, rpId);
  if (timeout < 0) throw new InvalidOptions('Timeout must be a positive value');
  checkChoice('userVerification', userVerification, LEVELS);
  checkChoice('attestation', attestation, ATTESTATIONS);
  checkChoice('residentKey', residentKey, LEVELS);
}

const ANDROID = 'android:apk-key-hash:';
const HASH_DIGITS = 43;

function checkOrigin(origin: string, rpId: string): void {
  if (origin.startsWith(ANDROID)) {
    checkApplicationHash(origin.slice(ANDROID.length));
    return;
  }
  const host = hostOf(origin);
  if (host === undefined) throw new InvalidOptions('Origin has to be a valid url!');
  if (!host.endsWith(rpId)) throw new InvalidOptions('Origin does not match RelyingParty Id');
}

function checkApplicationHash(hash: string): void {
  if (hash === '') throw new InvalidOptions('Android origin must contain a valid base64 hash');
  if (!isBase64Url(hash)) throw new InvalidOptions('Android origin hash must be valid URL-safe base64 (no padding)');
  if (hash.length !== HASH_DIGITS) {
    throw new InvalidOptions('Android origin hash must be 43 characters (base64url SHA-256)');
  }
}

function isBase64Url(text: string): boolean {
  try {
    decodeBase64(text, 'base64url');
    return true;
  } catch (error) {
    if (error instanceof MalformedBase64) return false;
    throw error;
  }
}

function checkChoice(field: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new InvalidOptions(`Invalid value '${value}' for ${field}. Must be one of: ${choices.join(', ')}`);
}

/** Creates options from checked input. */
export function putOptions(transaction: Transaction, app: Tenant, tenant: Tenant, given: NewOptions): WebauthnOptions {
  const { timeout, ...rest } = given;
  const createdAt = app.now();
  const made = { id: randomUUID(), tenant: tenant.space, challenge: randomBytes(32).toString('base64url') };
  const options = { ...made, ...rest, createdAt, expiresAt: createdAt + timeout };
  const place = optionsKey(app, options.id);
  putJson(transaction, place, options);
  removeLater(transaction, options.expiresAt, [place]);
  return options;
}

export function getOptions(reader: Reader, app: Tenant, id: string): WebauthnOptions | undefined {
  return getJson<WebauthnOptions>(reader, optionsKey(app, id));
}

export function removeOptions(transaction: Transaction, app: Tenant, id: string): void {
  transaction.remove(optionsKey(app, id));
}

function optionsKey(app: Tenant, id: string): Key {
  return key(app.space, 'webauthn-options', id);
}
