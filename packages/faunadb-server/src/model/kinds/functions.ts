import { schemaValidationFailed } from '../../values/errors.js';
import type { FieldFailure } from '../../values/failure.js';
import { Lambda } from '../../values/values.js';
import { SERVER } from '../auth/builtin-permissions.js';
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

/** The role `server` cannot gain the privileges of `admin` through a function. The real server only refuses that in FQL v10. */
function grantFailures({ context, data, ref, isCreate }: Writing): FieldFailure[] {
  if (context.auth.permissions !== SERVER || data.fields.get('role') !== 'admin') return [];
  // What is replaced may be given again.
  if (!isCreate && context.model.documents.read(ref)?.data.fields.get('role') === 'admin') return [];
  const what = isCreate ? 'create a function with admin permissions' : 'grant a function admin permissions';
  return [{ field: ['role'], code: 'validation failure', description: `Cannot ${what} using the server role.` }];
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
