import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { optionalStringField, stringField } from '../../json/input.js';
import { tenantWith } from '../common/answer-login.js';
import { normaliseEmail, normalisePhoneNumber } from '../common/user-fields.js';
import { badEncoding } from './code-input.js';

/** Makes a code, for an email, a phone number, or a device that had one before. */
export const createCodeApi: Api = {
  path: '/recipe/signinup/code',
  post: async (request, core) => {
    const input = request.body();
    const email = Object.hasOwn(input, 'email') ? normaliseEmail(stringField(input, 'email')) : undefined;
    const givenPhone = optionalStringField(input, 'phoneNumber');
    const phoneNumber = givenPhone === undefined ? undefined : normalisePhoneNumber(givenPhone);
    const deviceId = optionalStringField(input, 'deviceId');
    if ([email, phoneNumber, deviceId].filter((given) => given !== undefined).length !== 1) {
      throw new BadRequest('Please provide exactly one of email, phoneNumber or deviceId');
    }
    const userInputCode = optionalStringField(input, 'userInputCode');
    if (userInputCode === '') throw new BadRequest('userInputCode cannot be an empty string.');
    const tenant = tenantWith('passwordless', request, core);
    const { passwordless } = core;
    const contact = email === undefined ? { phoneNumber: phoneNumber as string } : { email };
    const made =
      deviceId === undefined
        ? await passwordless.createCode(tenant, contact, userInputCode)
        : await passwordless.createAnotherCode(tenant, deviceId, userInputCode).catch(badEncoding);
    if (made === 'restart') return json({ status: 'RESTART_FLOW_ERROR' });
    if (made === 'code used') return json({ status: 'USER_INPUT_CODE_ALREADY_USED_ERROR' });
    return json({
      status: 'OK',
      preAuthSessionId: made.deviceIdHash,
      codeId: made.id,
      deviceId: made.deviceId,
      userInputCode: made.userInputCode,
      linkCode: made.linkCode,
      timeCreated: made.createdAt,
      codeLifetime: tenant.settings.passwordless_code_lifetime,
    });
  },
};
