import type { Reader } from '@supertokens-faunadb/store';
import type { Tenant } from '../tenants/tenants.js';
import { isUserId, userIdOf } from './user.js';
import { findMapping, toExternalId, type UserIdMapping } from './user-id-mapping.js';

/** A resolved user id: the login method's own id, and the mapping by which it was found, if any. */
export interface ResolvedId {
  readonly id: string;
  readonly mapping: UserIdMapping | undefined;
}

/**
 * Resolves an id to the login method that has it as its own or its external id. An unknown id resolves to itself.
 */
export function resolveId(reader: Reader, app: Tenant, id: string): ResolvedId {
  const mapping = findMapping(reader, app, id);
  return { id: mapping?.superTokensUserId ?? id, mapping };
}

/** Like {@link resolveId}; `undefined` when the id is unknown. */
export function resolveKnownId(reader: Reader, app: Tenant, id: string): ResolvedId | undefined {
  const resolved = resolveId(reader, app, id);
  return resolved.mapping !== undefined || isUserId(reader, app, id) ? resolved : undefined;
}

/** A login method's own id. */
export function toOwnId(reader: Reader, app: Tenant, id: string): string {
  return resolveId(reader, app, id).id;
}

/** The ids in a session for `given`: the external ids of the user and the login method. */
export function idsForSession(reader: Reader, app: Tenant, given: string): { userId: string; recipeUserId: string } {
  const own = findMapping(reader, app, given, 'EXTERNAL')?.superTokensUserId ?? given;
  const userId = userIdOf(reader, app, own) ?? own;
  return { userId: toExternalId(reader, app, userId), recipeUserId: toExternalId(reader, app, own) };
}
