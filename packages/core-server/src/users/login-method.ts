import type { Reader, Transaction } from '@supertokens-faunadb/store';
import { key, keysUnder, partsOf } from '../storage/key.js';
import { EMPTY, getJson, putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import { putSearchEntries, removeSearchEntries } from './search-index.js';

/** The login recipes, by their names in the interface. */
export type LoginRecipe = 'emailpassword' | 'thirdparty' | 'passwordless' | 'webauthn';

/** The user's identity at a third party, such as Google. */
export interface ThirdPartyInfo {
  readonly id: string;
  readonly userId: string;
}

/**
 * One way in which somebody logs in; the interface calls it a recipe user. It belongs to an app and has an id of its own,
 * which stays when it is linked with others to one user.
 */
export interface LoginMethod {
  readonly id: string;
  readonly recipe: LoginRecipe;
  /** Milliseconds since the epoch. */
  readonly timeJoined: number;
  /** The spaces of the tenants that it belongs to. Of those that are gone there may be some left. */
  readonly tenants: readonly string[];
  readonly email?: string;
  readonly phoneNumber?: string;
  readonly thirdParty?: ThirdPartyInfo;
  /** Of emailpassword. */
  readonly passwordHash?: string;
  /** Of webauthn: the ids of its credentials. */
  readonly credentialIds?: readonly string[];
  /** The id of the primary user that it is linked to, or that it is itself. */
  readonly primaryUserId?: string;
}

/** What of a login method may be found already, in one of its tenants. */
export type Clash = 'email' | 'phone number' | 'third party';

export function getLoginMethod(reader: Reader, app: Tenant, id: string): LoginMethod | undefined {
  return getJson<LoginMethod>(reader, methodKey(app.space, id));
}

/**
 * What of `method` another one of its recipe has in one of `tenants`. Within a tenant an email or a phone number belongs to
 * one login method of each recipe, and who somebody is at a third party to one of all.
 */
export function clashOf(
  reader: Reader,
  app: Tenant,
  method: LoginMethod,
  tenants: readonly string[] = method.tenants,
): Clash | undefined {
  const { id, recipe, email, phoneNumber, thirdParty } = method;
  const isTaken = (...parts: readonly string[]) => idsUnder(reader, app.space, ...parts).some((other) => other !== id);
  for (const space of tenants) {
    if (thirdParty !== undefined) {
      if (isTaken(...thirdPartyParts(thirdParty), space)) return 'third party';
      continue; // emails of third parties may be the same
    }
    if (email !== undefined && isTaken('email', email, space, recipe)) return 'email';
    if (phoneNumber !== undefined && isTaken('phone', phoneNumber, space, recipe)) return 'phone number';
  }
  return undefined;
}

/** Stores a login method with its lookup entries. The caller has checked for clashes. */
export function putLoginMethod(transaction: Transaction, app: Tenant, method: LoginMethod): void {
  const before = getLoginMethod(transaction, app, method.id);
  if (before !== undefined) removeEntries(transaction, app, before);
  putJson(transaction, methodKey(app.space, method.id), method);
  for (const entry of entriesOf(app, method)) transaction.put(entry, EMPTY);
  putSearchEntries(transaction, method);
}

export function removeLoginMethod(transaction: Transaction, app: Tenant, method: LoginMethod): void {
  removeEntries(transaction, app, method);
  transaction.remove(methodKey(app.space, method.id));
}

/** The login methods with an email: in one tenant, or in the whole app if none is named. */
export function methodsByEmail(reader: Reader, app: Tenant, email: string, tenant?: Tenant): LoginMethod[] {
  return methodsUnder(reader, app, ['email', email], tenant);
}

export function methodsByPhoneNumber(reader: Reader, app: Tenant, phoneNumber: string, tenant?: Tenant): LoginMethod[] {
  return methodsUnder(reader, app, ['phone', phoneNumber], tenant);
}

export function methodsByThirdParty(
  reader: Reader,
  app: Tenant,
  thirdParty: ThirdPartyInfo,
  tenant?: Tenant,
): LoginMethod[] {
  return methodsUnder(reader, app, thirdPartyParts(thirdParty), tenant);
}

function methodsUnder(reader: Reader, app: Tenant, parts: readonly string[], tenant: Tenant | undefined) {
  const within = tenant === undefined ? parts : [...parts, tenant.space];
  const ids = new Set(idsUnder(reader, app.space, ...within));
  return Array.from(ids, (id) => getLoginMethod(reader, app, id)).filter((method) => method !== undefined);
}

// The id is the last part of every entry.
function idsUnder(reader: Reader, ...parts: readonly string[]): string[] {
  return Array.from(reader.range(keysUnder(...parts)), ({ key: entry }) => partsOf(entry).at(-1) as string);
}

function removeEntries(transaction: Transaction, app: Tenant, method: LoginMethod): void {
  for (const entry of entriesOf(app, method)) transaction.remove(entry);
  removeSearchEntries(transaction, method);
}

/** Where a login method is that belongs to no tenant. */
const NOWHERE = '-';

function entriesOf(app: Tenant, { id, recipe, tenants, email, phoneNumber, thirdParty }: LoginMethod): Uint8Array[] {
  const { space } = app;
  return (tenants.length === 0 ? [NOWHERE] : tenants).flatMap((at) => [
    ...(email === undefined ? [] : [key(space, 'email', email, at, recipe, id)]),
    ...(phoneNumber === undefined ? [] : [key(space, 'phone', phoneNumber, at, recipe, id)]),
    ...(thirdParty === undefined ? [] : [key(space, ...thirdPartyParts(thirdParty), at, id)]),
  ]);
}

function thirdPartyParts({ id, userId }: ThirdPartyInfo): string[] {
  return ['third-party', id, userId];
}

function methodKey(space: string, id: string): Uint8Array {
  return key(space, 'login-method', id);
}
