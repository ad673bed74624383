import { trim } from '@supertokens-faunadb/java/text';
import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { CoreRequest } from '../../http/request.js';
import { nonEmpty, optionalStringsField, stringField } from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';

export const UNKNOWN_ROLE = json({ status: 'UNKNOWN_ROLE_ERROR' });

export function roleField(input: JsonObject): string {
  return nonEmpty(stringField(input, 'role'), 'role');
}

export function roleParameter(request: CoreRequest): string {
  return nonEmpty(request.query.required('role'), 'role');
}

/** Each permission is two entries of one transaction. */
const MOST_PERMISSIONS = 10_000;

export function permissionsField(input: JsonObject): string[] | undefined {
  const given = optionalStringsField(input, 'permissions');
  if (given !== undefined && given.length > MOST_PERMISSIONS) {
    throw new BadRequest(`Field name 'permissions' cannot contain more than ${MOST_PERMISSIONS} elements`);
  }
  return given?.map((permission) => {
    const trimmed = trim(permission);
    if (trimmed === '') throw new BadRequest("Field name 'permissions' cannot contain an empty string");
    return trimmed;
  });
}
