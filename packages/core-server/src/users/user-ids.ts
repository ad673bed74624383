import type { Reader } from '@supertokens-faunadb/store';
import type { Tenant } from '../tenants/tenants.js';
import { isUserId, userIdOf } from './user.js';
import { findMapping, toExternalId, type UserIdMapping } from './user-id-mapping.js';

/** A user id as somebody gave it: the login method's own one, and the mapping by which it was found, if there is one. */
export interface ResolvedId {
  readonly id: string;
  readonly mapping: UserIdMapping | undefined;
}

/**
 * Whom an id means: a login method of that id, or the one that the application calls so. There may be no such one: then the
 * id is what was given.
 */
export function resolveId(reader: Reader, app: Tenant, id: string): ResolvedId {
  const mapping = findMapping(reader, app, id);
  return { id: mapping?.superTokensUserId ?? id, mapping };
}

/** Like {@link resolveId}; `undefined` where the id is nobody's. */
export function resolveKnownId(reader: Reader, app: Tenant, id: string): ResolvedId | undefined {
  const resolved = resolveId(reader, app, id);
  return resolved.mapping !== undefined || isUserId(reader, app, id) ? resolved : undefined;
}

/** The id that a login method has had since signing up. */
export function toOwnId(reader: Reader, app: Tenant, id: string): string {
  return resolveId(reader, app, id).id;
}

/** The ids that a session for `given` has: those by which the application knows the user and the login method. */
export function idsForSession(reader: Reader, app: Tenant, given: string): { userId: string; recipeUserId: string } {
  const own = findMapping(reader, app, given, 'EXTERNAL')?.superTokensUserId ?? given;
  const userId = userIdOf(reader, app, own) ?? own;
  return { userId: toExternalId(reader, app, userId), recipeUserId: toExternalId(reader, app, own) };
}
