import type { UserEmail } from '../../email-verification/tokens.js';
import { stringField } from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';
import { normaliseEmail } from '../common/user-fields.js';

/** The user and the email that a body names. @throws BadRequest */
export function userEmailOf(input: JsonObject): UserEmail {
  const userId = stringField(input, 'userId');
  return { userId, email: normaliseEmail(stringField(input, 'email')) };
}
