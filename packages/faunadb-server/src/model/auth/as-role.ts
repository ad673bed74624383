import { NATIVE } from '../../values/ids.js';
import { Ref, type Value } from '../../values/values.js';
import type { Auth, ModelContext } from '../base/context.js';
import type { Databases } from '../base/databases.js';
import type { Permissions } from '../base/permissions.js';

import { ADMIN, NONE, ROOT, SERVER, SERVER_READONLY } from './builtin-permissions.js';
import { privilegesOf } from './compiled-roles.js';
import type { BuiltinRole } from './credential.js';
import { RolePermissions } from './role-permissions.js';

const BUILTIN: Readonly<Record<BuiltinRole, Permissions>> = {
  admin: ADMIN,
  server: SERVER,
  'server-readonly': SERVER_READONLY,
  client: NONE,
};

/** Whether a role of this name is built in. */
export function isBuiltinRole(name: string): name is BuiltinRole {
  return Object.hasOwn(BUILTIN, name);
}

/**
 * The permissions given by the field `role` of keys and functions: a built-in role's name, a role's ref or name, or a
 * list of these.
 */
export function permissionsOfRole(view: Databases, scope: number, role: Value): Permissions {
  if (typeof role === 'string' && isBuiltinRole(role)) return BUILTIN[role];
  const roles = Array.isArray(role) ? (role as readonly Value[]) : [role];
  return new RolePermissions(
    privilegesOf(
      view,
      scope,
      roles.flatMap((r) => roleId(view, scope, r)),
    ),
  );
}

/** The id of a role that is given by its ref or name; empty if there is no such role. */
export function roleId(view: Databases, scope: number, role: Value): bigint[] {
  if (role instanceof Ref) return role.collection === NATIVE.roles ? [role.id] : [];
  const id = typeof role === 'string' ? view.schema(scope).idOf(NATIVE.roles, role) : undefined;
  return id === undefined ? [] : [id];
}

/** The rights of a function with a role of its own: the caller's identity with the role's permissions. */
export function asRole({ auth, model }: ModelContext, role: Value): Auth {
  return auth.permissions === ROOT ? auth : { ...auth, permissions: permissionsOfRole(model, auth.scope, role) };
}
