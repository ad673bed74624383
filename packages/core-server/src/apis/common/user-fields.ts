import { CDI_4_0 } from '../../cdi/version.js';
import type { CoreRequest } from '../../http/request.js';
import { stringField } from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';

export { normaliseEmail, normalisePhoneNumber } from '../../recipes/normalise.js';

/** The login method that a request is about; before CDI 4.0 it was called a user. */
export function recipeUserIdField(input: JsonObject, { version }: CoreRequest): string {
  return stringField(input, version < CDI_4_0 ? 'userId' : 'recipeUserId');
}
