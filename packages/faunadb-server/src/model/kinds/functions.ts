import { schemaValidationFailed } from '../../values/errors.js';
import type { FieldFailure } from '../../values/failure.js';
import { Lambda } from '../../values/values.js';
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

class FunctionKind extends NamedKind {
  override readonly fields = [
    optional('data', map),
    required('name', name),
    optional('role', roleType),
    required('body', body),
    optional('signature', string),
  ];

  override readonly hidden = ['internal_sig'];

  override check({ context, data }: Writing): readonly FieldFailure[] {
    return [...danglingRefs(context, data), ...roleFailures(context, data.fields.get('role'), ['role'])];
  }

  override refuse({ data, position }: Writing): void {
    if (typeof data.fields.get('body') === 'string') {
      throw schemaValidationFailed(['Invalid type provided for field `body`.'], position);
    }
  }
}

export const functionKind = new FunctionKind();
