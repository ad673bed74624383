import { BadRequest } from '../../common/errors.js';
import { wholeAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import type { JsonObject } from '../../json/json.js';
import type { ContactRefusal } from '../../recipes/passwordless/passwordless.js';
import { answerUser } from '../common/answer-login.js';
import { normaliseEmail, normalisePhoneNumber, recipeUserIdField } from '../common/user-fields.js';

const get: Handler = async (request, core) => {
  const [userId, email, phoneNumber] = ['userId', 'email', 'phoneNumber'].map((name) => request.query.optional(name));
  if ([userId, email, phoneNumber].filter((given) => given !== undefined).length !== 1) {
    throw new BadRequest('Please provide exactly one of userId, email or phoneNumber');
  }
  if (userId !== undefined) {
    core.appOf(request);
    return answerUser(
      request,
      await core.passwordless.byId(wholeAppOf(request, core), userId),
      'UNKNOWN_USER_ID_ERROR',
    );
  }
  const tenant = core.tenantOf(request);
  const contact =
    email === undefined
      ? { phoneNumber: normalisePhoneNumber(phoneNumber as string) }
      : { email: normaliseEmail(email) };
  const user = await core.passwordless.byContact(core.appOf(request), tenant, contact);
  return answerUser(request, user, email === undefined ? 'UNKNOWN_PHONE_NUMBER_ERROR' : 'UNKNOWN_EMAIL_ERROR');
};

const REFUSALS: Readonly<Record<Exclude<ContactRefusal, 'no contact'>, object>> = {
  'unknown user': { status: 'UNKNOWN_USER_ID_ERROR' },
  'email taken': { status: 'EMAIL_ALREADY_EXISTS_ERROR' },
  'phone number taken': { status: 'PHONE_NUMBER_ALREADY_EXISTS_ERROR' },
  'email of a primary user': {
    status: 'EMAIL_CHANGE_NOT_ALLOWED_ERROR',
    reason: 'New email is associated with another primary user ID',
  },
  'phone number of a primary user': {
    status: 'PHONE_NUMBER_CHANGE_NOT_ALLOWED_ERROR',
    reason: 'New phone number is associated with another primary user ID',
  },
};

const put: Handler = async (request, core) => {
  const input = request.body();
  const userId = recipeUserIdField(input, request);
  const email = changeOf(input, 'email', normaliseEmail);
  const phoneNumber = changeOf(input, 'phoneNumber', normalisePhoneNumber);
  core.appOf(request);
  const refusal = await core.passwordless.change(wholeAppOf(request, core), userId, {
    ...(email !== undefined && { email }),
    ...(phoneNumber !== undefined && { phoneNumber }),
  });
  if (refusal === 'no contact') throw new BadRequest('You cannot clear both email and phone number of a user');
  return json(refusal === undefined ? { status: 'OK' } : REFUSALS[refusal]);
};

function changeOf(input: JsonObject, field: string, normalise: (text: string) => string): string | null | undefined {
  if (!Object.hasOwn(input, field)) return undefined;
  return input[field] === null ? null : normalise(stringField(input, field));
}

/** Reads and changes users who log in with codes. */
export const passwordlessUserApi: Api = { path: '/recipe/user', recipe: 'passwordless', get, put };
