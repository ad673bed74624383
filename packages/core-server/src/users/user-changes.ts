import { randomUUID } from 'node:crypto';
import type { Reader, Transaction } from '@supertokens-faunadb/store';
import { putJson } from '../storage/value.js';
import type { Tenant } from '../tenants/tenants.js';
import {
  type Clash,
  clashOf,
  getLoginMethod,
  type LoginMethod,
  type LoginRecipe,
  putLoginMethod,
  removeLoginMethod,
} from './login-method.js';
import { getPrimaryUser, getUser, type PrimaryUser, primaryUserKey, type User } from './user.js';
import { relisting } from './user-list.js';

/** What a new login method is made of. */
export type NewLoginMethod = Omit<LoginMethod, 'id' | 'tenants' | 'timeJoined' | 'primaryUserId'> & {
  readonly recipe: LoginRecipe;
  /** Default: a new one. */
  readonly id?: string;
  /** Default: now. */
  readonly timeJoined?: number;
};

/** Creates a login method in `tenants`, and its user. @returns what is already taken there, if anything */
export function addLoginMethod(
  transaction: Transaction,
  app: Tenant,
  tenants: readonly Tenant[],
  content: NewLoginMethod,
): LoginMethod | Clash {
  const spaces = tenants.map(({ space }) => space);
  const method = { id: randomUUID(), tenants: spaces, timeJoined: app.now(), ...content };
  const clash = clashOf(transaction, app, method);
  if (clash !== undefined) return clash;
  relisting(transaction, app, [method.id], () => putLoginMethod(transaction, app, method));
  return method;
}

/** Changes a login method. @returns what is already taken in one of its tenants, if anything */
export function changeLoginMethod(
  transaction: Transaction,
  app: Tenant,
  method: LoginMethod,
  change: Partial<Pick<LoginMethod, 'email' | 'phoneNumber' | 'passwordHash' | 'credentialIds'>>,
): Clash | undefined {
  const changed = withoutUndefined({ ...method, ...change });
  const clash = clashOf(transaction, app, changed);
  if (clash === undefined) putLoginMethod(transaction, app, changed);
  return clash;
}

/** @returns whether it was added, or what is already taken there */
export function addToTenant(
  transaction: Transaction,
  app: Tenant,
  tenant: Tenant,
  method: LoginMethod,
): boolean | Clash {
  if (method.tenants.includes(tenant.space)) return false;
  const clash = clashOf(transaction, app, method, [tenant.space]);
  if (clash !== undefined) return clash;
  const { primaryUserId } = method;
  relisting(transaction, app, [primaryUserId ?? method.id], () => {
    putLoginMethod(transaction, app, { ...method, tenants: [...method.tenants, tenant.space] });
    if (primaryUserId !== undefined)
      putMembers(transaction, app, primaryUserId, membersOf(transaction, app, primaryUserId));
  });
  return true;
}

/** @returns whether it was there */
export function removeFromTenant(transaction: Transaction, app: Tenant, tenant: Tenant, method: LoginMethod): boolean {
  if (!method.tenants.includes(tenant.space)) return false;
  const tenants = method.tenants.filter((space) => space !== tenant.space);
  relisting(transaction, app, [method.primaryUserId ?? method.id], () =>
    putLoginMethod(transaction, app, { ...method, tenants }),
  );
  return true;
}

/** Makes a user primary, so that others' login methods can be linked to it. The caller has asked whether it may be. */
export function makePrimary(transaction: Transaction, app: Tenant, { id }: User): void {
  relisting(transaction, app, [id], () => {
    putLoginMethod(transaction, app, { ...methodOf(transaction, app, id), primaryUserId: id });
    putMembers(transaction, app, id, [id]);
  });
}

/** Links a login method that is not linked yet. The caller has asked whether it may be. */
export function link(transaction: Transaction, app: Tenant, id: string, primaryUserId: string): void {
  relisting(transaction, app, [id, primaryUserId], () => {
    putLoginMethod(transaction, app, { ...methodOf(transaction, app, id), primaryUserId });
    putMembers(transaction, app, primaryUserId, [...membersOf(transaction, app, primaryUserId), id]);
  });
}

/** Unlinks a login method: it becomes a non-primary user of its own. */
export function unlink(transaction: Transaction, app: Tenant, id: string): void {
  const { primaryUserId, ...method } = getLoginMethod(transaction, app, id) ?? {};
  if (primaryUserId === undefined) return;
  relisting(transaction, app, [id, primaryUserId], () => {
    putLoginMethod(transaction, app, method as LoginMethod);
    if (primaryUserId === id) transaction.remove(primaryUserKey(app, id));
    else putMembers(transaction, app, primaryUserId, without(membersOf(transaction, app, primaryUserId), id));
  });
}

/**
 * Removes a login method.
 *
 * @param keepsId whether its id stays that of the primary user to whom others are linked
 */
export function dropLoginMethod(transaction: Transaction, app: Tenant, id: string, keepsId: boolean): void {
  const method = getLoginMethod(transaction, app, id);
  const userId = method?.primaryUserId ?? id;
  relisting(transaction, app, [id, userId], () => {
    if (method !== undefined) removeLoginMethod(transaction, app, method);
    const primary = getPrimaryUser(transaction, app, userId);
    if (primary === undefined) return;
    if (userId === id && !keepsId) transaction.remove(primaryUserKey(app, id));
    else putJson(transaction, primaryUserKey(app, userId), { ...primary, members: without(primary.members, id) });
  });
}

function methodOf(reader: Reader, app: Tenant, id: string): LoginMethod {
  return getLoginMethod(reader, app, id) as LoginMethod;
}

function membersOf(reader: Reader, app: Tenant, primaryUserId: string): readonly string[] {
  return getPrimaryUser(reader, app, primaryUserId)?.members ?? [];
}

function putMembers(transaction: Transaction, app: Tenant, id: string, members: readonly string[]): void {
  const before = getPrimaryUser(transaction, app, id);
  putJson(transaction, primaryUserKey(app, id), { members, listedAt: before?.listedAt ?? 0 } satisfies PrimaryUser);
  const joined = (getUser(transaction, app, id)?.loginMethods ?? [])
    .filter(({ tenants }) => tenants.length > 0)
    .map(({ timeJoined }) => timeJoined);
  if (joined.length === 0) return;
  putJson(transaction, primaryUserKey(app, id), { members, listedAt: Math.min(...joined) } satisfies PrimaryUser);
}

function without(ids: readonly string[], id: string): string[] {
  return ids.filter((other) => other !== id);
}

function withoutUndefined(method: LoginMethod): LoginMethod {
  return JSON.parse(JSON.stringify(method)) as LoginMethod;
}
