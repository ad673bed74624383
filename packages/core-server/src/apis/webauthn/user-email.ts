import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';

const STATUS = {
  changed: 'OK',
  'unknown user': 'UNKNOWN_USER_ID_ERROR',
  'email taken': 'EMAIL_ALREADY_EXISTS_ERROR',
  'other primary user': 'USER_WITH_EMAIL_ALREADY_EXISTS_ERROR',
} as const;

/** Changes the email of a user. */
export const webauthnUserEmailApi: Api = {
  path: '/recipe/webauthn/user/email',
  put: async (request, core) => {
    core.tenantOf(request);
    const input = request.body();
    const recipeUserId = stringField(input, 'recipeUserId');
    // As it is given: nobody's email is normalised here.
    const email = stringField(input, 'email');
    return json({ status: STATUS[await core.webauthn.changeEmail(core.appOf(request), recipeUserId, email)] });
  },
};
