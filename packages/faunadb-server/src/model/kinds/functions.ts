import { schemaValidationFailed } from '../../values/errors.js';
import type { FieldFailure } from '../../values/failure.js';
import { Lambda, type ObjectValue } from '../../values/values.js';
import { SERVER } from '../auth/builtin-permissions.js';
import type { Auth } from '../base/context.js';
import { type FieldType, invalidType, map, name, optional, required, string } from '../base/fields.js';
import type { Writing } from '../base/kind.js';
import { danglingRefs } from '../documents/references.js';
import { NamedKind } from './named.js';
import { roleFailures, roleType } from './role-field.js';

/** Accepts a string: it is a body in FQL v10, which is refused later with its own error. */
const body: FieldType = {
  name: 'Query',
  check: (value, path) =>
    value instanceof Lambda || typeof value === 'string' ? [] : [invalidType(path, 'Query', value)],
};

/**
 * Why a secret with the role `server` may not write a function, through which it would gain the privileges of `admin`.
 *
 * @param before the function so far, if there is one: what it has already may be given again
 */
export function grantRefusal(auth: Auth, before: ObjectValue | undefined, data: ObjectValue): string | undefined {
  const isGrant = data.fields.get('role') === 'admin' && before?.fields.get('role') !== 'admin';
  if (!isGrant || auth.permissions !== SERVER) return undefined;
  const what = before ? 'grant a function admin permissions' : 'create a function with admin permissions';
  return `Cannot ${what} using the server role.`;
}

/** The real server only refuses that in FQL v10. */
function grantFailures({ context, data, ref, isCreate }: Writing): FieldFailure[] {
  if (context.auth.permissions !== SERVER) return [];
  const before = isCreate ? undefined : context.model.documents.read(ref)?.data;
  const description = grantRefusal(context.auth, before, data);
  return description === undefined ? [] : [{ field: ['role'], code: 'validation failure', description }];
}

class FunctionKind extends NamedKind {
  override readonly fields = [
    optional('data', map),
    required('name', name),
    optional('role', roleType),
    required('body', body),
    optional('signature', string),
  ];

  override readonly hidden = ['internal_sig'];

  override check(writing: Writing): readonly FieldFailure[] {
    const { context, data } = writing;
    return [
      ...danglingRefs(context, data),
      ...roleFailures(context, data.fields.get('role'), ['role']),
      ...grantFailures(writing),
    ];
  }

  override refuse({ data, position }: Writing): void {
    if (typeof data.fields.get('body') === 'string') {
      throw schemaValidationFailed(['Invalid type provided for field `body`.'], position);
    }
  }
}

export const functionKind = new FunctionKind();
