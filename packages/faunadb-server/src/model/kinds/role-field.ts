import type { FieldFailure } from '../../values/failure.js';
import { NATIVE } from '../../values/ids.js';
import { Ref, type Value } from '../../values/values.js';
import { isBuiltinRole } from '../auth/as-role.js';
import type { ModelContext } from '../base/context.js';
import { type FieldType, invalidType } from '../base/fields.js';

const isRoleRef = (value: Value) => value instanceof Ref && value.collection === NATIVE.roles;

/** The field `role` of keys and functions: a role's name or ref, or a list of these, which must not be built in. */
export const roleType: FieldType = {
  name: 'Role',
  check(value, path) {
    const isOne = typeof value === 'string' || isRoleRef(value);
    const isList =
      Array.isArray(value) &&
      (value as readonly Value[]).every((v) => (typeof v === 'string' && !isBuiltinRole(v)) || isRoleRef(v));
    return isOne || isList ? [] : [invalidType(path, 'Role', value)];
  },
};

/** A role given by its name must exist. */
export function roleFailures(
  context: ModelContext,
  role: Value | undefined,
  path: FieldFailure['field'],
): FieldFailure[] {
  if (typeof role === 'string' && isBuiltinRole(role)) return [];
  const names = (Array.isArray(role) ? (role as readonly Value[]) : [role]).filter((r) => typeof r === 'string');
  const schema = context.model.committedSchema(context.auth.scope);
  return names
    .filter((name) => schema.idOf(NATIVE.roles, name) === undefined)
    .map((name) => ({
      field: path,
      code: 'validation failure',
      description: `Role name \`${name}\` does not exist.`,
    }));
}
