import type { Reader } from '@supertokens-faunadb/store';
import { key } from '../storage/key.js';
import { getJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import {
  getLoginMethod,
  type LoginMethod,
  methodsByEmail,
  methodsByPhoneNumber,
  methodsByThirdParty,
  type ThirdPartyInfo,
} from './login-method.js';

/** A user with all login methods. A user who is not primary has exactly one, and its id. */
export interface User {
  readonly id: string;
  /** Whether login methods may be linked to this user. */
  readonly isPrimary: boolean;
  /** In the order in which they joined. Never empty. */
  readonly loginMethods: readonly LoginMethod[];
}

/** The record of a primary user. It outlives the login method whose id it has, as long as others are linked to it. */
export interface PrimaryUser {
  readonly members: readonly string[];
  /** The time by which the user is listed: when the first member joined, as it was when one was last added or unlinked. */
  readonly listedAt: number;
}

export function primaryUserKey(app: Tenant, id: string): Uint8Array {
  return key(app.space, 'primary-user', id);
}

export function getPrimaryUser(reader: Reader, app: Tenant, id: string): PrimaryUser | undefined {
  return getJson<PrimaryUser>(reader, primaryUserKey(app, id));
}

/** Whether an id is, or was, that of a login method here, and is not free for another user. */
export function isUserId(reader: Reader, app: Tenant, id: string): boolean {
  return getLoginMethod(reader, app, id) !== undefined || getPrimaryUser(reader, app, id) !== undefined;
}

/** The id of a login method's user; `undefined` if no tenant has it. */
export function userIdOf(reader: Reader, app: Tenant, id: string): string | undefined {
  const method = getLoginMethod(reader, app, id);
  return method === undefined || method.tenants.length === 0 ? undefined : (method.primaryUserId ?? id);
}

/** The user with an id, which may be the one of any of the user's login methods. */
export function getUser(reader: Reader, app: Tenant, id: string): User | undefined {
  const method = getLoginMethod(reader, app, id);
  return method !== undefined && method.primaryUserId === undefined
    ? { id, isPrimary: false, loginMethods: [method] }
    : getPrimary(reader, app, method?.primaryUserId ?? id);
}

function getPrimary(reader: Reader, app: Tenant, id: string): User | undefined {
  const members = getPrimaryUser(reader, app, id)?.members ?? [];
  const loginMethods = members.map((member) => getLoginMethod(reader, app, member) as LoginMethod);
  loginMethods.sort((one, other) => one.timeJoined - other.timeJoined);
  return loginMethods.length === 0 ? undefined : { id, isPrimary: true, loginMethods };
}

/** When the first of a user's login methods joined. */
export function timeJoined({ loginMethods }: User): number {
  return (loginMethods[0] as LoginMethod).timeJoined;
}

/** Whether a user has a login method in a tenant. */
export function isIn({ loginMethods }: User, space: string): boolean {
  return loginMethods.some(({ tenants }) => tenants.includes(space));
}

/** The spaces of the tenants of all of a user's login methods. */
export function tenantsOf({ loginMethods }: User): string[] {
  return [...new Set(loginMethods.flatMap(({ tenants }) => tenants))];
}

/** The users with an email in joining order: of one tenant, or of the whole app if none is named. */
export function usersByEmail(reader: Reader, app: Tenant, email: string, tenant?: Tenant): User[] {
  return usersOf(reader, app, methodsByEmail(reader, app, email, tenant));
}

export function usersByPhoneNumber(reader: Reader, app: Tenant, phoneNumber: string, tenant?: Tenant): User[] {
  return usersOf(reader, app, methodsByPhoneNumber(reader, app, phoneNumber, tenant));
}

export function usersByThirdParty(reader: Reader, app: Tenant, thirdParty: ThirdPartyInfo, tenant?: Tenant): User[] {
  return usersOf(reader, app, methodsByThirdParty(reader, app, thirdParty, tenant));
}

function usersOf(reader: Reader, app: Tenant, methods: readonly LoginMethod[]): User[] {
  const ids = new Set(methods.map(({ id, primaryUserId }) => primaryUserId ?? id));
  const users = Array.from(ids, (id) => getUser(reader, app, id)).filter((user) => user !== undefined);
  return users.sort((one, other) => timeJoined(one) - timeJoined(other));
}
