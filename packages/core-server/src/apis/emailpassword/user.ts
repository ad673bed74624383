import { BadRequest } from '../../common/errors.js';
import { wholeAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import { optionalStringField } from '../../json/input.js';
import type { ChangeRefusal } from '../../recipes/email-password.js';
import { answerUser } from '../common/answer-login.js';
import { normaliseEmail, recipeUserIdField } from '../common/user-fields.js';

const get: Handler = async (request, core) => {
  const { query } = request;
  const userId = query.optional('userId');
  const email = query.optional('email');
  if (userId !== undefined && email !== undefined) throw new BadRequest('Please provide only one of userId or email');
  if (userId === undefined && email === undefined) throw new BadRequest('Please provide one of userId or email');
  core.appOf(request);
  if (userId !== undefined) {
    const user = await core.emailPassword.byId(wholeAppOf(request, core), userId);
    return answerUser(request, user, 'UNKNOWN_USER_ID_ERROR');
  }
  const tenant = core.tenantOf(request);
  const user = await core.emailPassword.byEmail(core.appOf(request), tenant, normaliseEmail(email as string));
  return answerUser(request, user, 'UNKNOWN_EMAIL_ERROR');
};

const REFUSALS: Readonly<Record<ChangeRefusal, object>> = {
  'unknown user': { status: 'UNKNOWN_USER_ID_ERROR' },
  'email taken': { status: 'EMAIL_ALREADY_EXISTS_ERROR' },
  'email of a primary user': {
    status: 'EMAIL_CHANGE_NOT_ALLOWED_ERROR',
    reason: 'New email is associated with another primary user ID',
  },
};

const put: Handler = async (request, core) => {
  const input = request.body();
  const userId = recipeUserIdField(input, request);
  const email = optionalStringField(input, 'email');
  const password = optionalStringField(input, 'password');
  if (email === undefined && password === undefined) {
    throw new BadRequest('You have to provide either email or password.');
  }
  core.appOf(request);
  const app = wholeAppOf(request, core);
  const refusal = await core.emailPassword.change(app, userId, email && normaliseEmail(email), password);
  return json(refusal === undefined ? { status: 'OK' } : REFUSALS[refusal]);
};

/** Reads and changes users who log in with email and password. */
export const emailPasswordUserApi: Api = { path: '/recipe/user', recipe: 'emailpassword', get, put };
