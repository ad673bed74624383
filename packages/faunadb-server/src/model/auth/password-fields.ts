import type { FieldFailure } from '../../values/failure.js';
import type { ObjectValue, Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { invalidType } from '../base/fields.js';
import { mayGiveHash, passwordMatches } from './passwords.js';

/**
 * Checks a password in a query. Servers may set any password, or its hash; all others must give the old password, if
 * there is one. Fields that have no effect for the client are not checked.
 *
 * @param given the object with the password, if it is one
 * @param hashed the hash of the old password
 * @param place the path of the object
 */
export function passwordFailures(
  context: ModelContext,
  given: ObjectValue,
  hashed: string | undefined,
  place: FieldFailure['field'],
): readonly FieldFailure[] {
  const fields = ['password', mayGiveHash(context) ? 'hashed_password' : 'current_password'];
  const failures = fields.flatMap((field) => textFailures([...place, field], given.fields.get(field)));
  if (failures.length > 0 || mayGiveHash(context) || hashed === undefined) return failures;
  const [password, current] = fields.map((field) => given.fields.get(field) ?? undefined);
  if (password === undefined) return [];
  if (typeof current === 'string' && passwordMatches(context, current, hashed)) return [];
  const field = [...place, 'current_password'];
  return [{ field, code: 'invalid password', description: `Invalid password at \`${field.join('.')}\`.` }];
}

function textFailures(field: FieldFailure['field'], value: Value | undefined): FieldFailure[] {
  return value === undefined || value === null || typeof value === 'string'
    ? []
    : [invalidType(field, 'String', value)];
}
