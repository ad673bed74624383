import type { Key, Reader, Transaction } from '@supertokens-faunadb/store';
import { key, keysUnder } from '../storage/key.js';
import { getJson, parseJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import { getLoginMethod, type LoginMethod } from '../users/login-method.js';
import { changeLoginMethod } from '../users/user-changes.js';
import type { LoginMethodData } from '../users/user-data.js';

/** A key of somebody's authenticator. */
export interface Credential {
  /** As the authenticator calls it, in base64url. */
  readonly id: string;
  readonly rpId: string;
  /** The login method that it is of. */
  readonly recipeUserId: string;
  /** As COSE has it, in base64. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[] | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The credential of an id, whichever relying party it is for. */
export function findCredential(reader: Reader, app: Tenant, id: string): Credential | undefined {
  for (const { value } of reader.range(keysUnder(app.space, 'webauthn-credential', id))) {
    return parseJson<Credential>(value);
  }
  return undefined;
}

/** The login method that a credential is of. */
export function methodOfCredential(reader: Reader, app: Tenant, id: string): LoginMethod | undefined {
  const credential = findCredential(reader, app, id);
  return credential && getLoginMethod(reader, app, credential.recipeUserId);
}

export function isCredential(reader: Reader, app: Tenant, rpId: string, id: string): boolean {
  return reader.get(credentialKey(app, id, rpId)) !== undefined;
}

/** Those of a login method, the oldest first. */
export function credentialsOf(reader: Reader, app: Tenant, recipeUserId: string): Credential[] {
  const entries = reader.range(keysUnder(app.space, 'webauthn-credential-of-user', recipeUserId));
  return Array.from(entries, ({ value }) =>
    getJson<Credential>(reader, Buffer.from(parseJson<string>(value), 'base64')),
  )
    .filter((credential) => credential !== undefined)
    .sort((one, other) => one.createdAt - other.createdAt);
}

/** Stores a credential. The caller adds it to its login method with {@link updateCredentialIds}. */
export function putCredential(transaction: Transaction, app: Tenant, credential: Credential): void {
  const place = credentialKey(app, credential.id, credential.rpId);
  putJson(transaction, place, credential);
  putJson(transaction, ofUserKey(app, credential), Buffer.from(place).toString('base64'));
}

/** Takes a credential away from its login method. */
export function removeCredential(transaction: Transaction, app: Tenant, credential: Credential): void {
  dropCredential(transaction, app, credential);
  updateCredentialIds(transaction, app, credential.recipeUserId);
}

/** Updates the credential ids in a login method. */
export function updateCredentialIds(transaction: Transaction, app: Tenant, recipeUserId: string): void {
  const method = getLoginMethod(transaction, app, recipeUserId);
  const credentialIds = credentialsOf(transaction, app, recipeUserId).map(({ id }) => id);
  if (method !== undefined) changeLoginMethod(transaction, app, method, { credentialIds });
}

function dropCredential(transaction: Transaction, app: Tenant, credential: Credential): void {
  transaction.remove(credentialKey(app, credential.id, credential.rpId));
  transaction.remove(ofUserKey(app, credential));
}

/** Credentials go with the login method that they are of. */
export const CREDENTIALS_OF_LOGIN_METHODS: LoginMethodData = {
  remove(transaction, app, _tenants, { id }) {
    for (const credential of credentialsOf(transaction, app, id)) dropCredential(transaction, app, credential);
  },
};

function credentialKey(app: Tenant, id: string, rpId: string): Key {
  return key(app.space, 'webauthn-credential', id, rpId);
}

function ofUserKey(app: Tenant, { recipeUserId, id, rpId }: Credential): Key {
  return key(app.space, 'webauthn-credential-of-user', recipeUserId, id, rpId);
}
