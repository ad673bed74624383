import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { optionalStringField } from '../../json/input.js';
import { normaliseEmail, normalisePhoneNumber } from '../common/user-fields.js';

/** Takes back all codes for an email or a phone number. */
export const deleteCodesApi: Api = {
  path: '/recipe/signinup/codes/remove',
  post: async (request, core) => {
    const input = request.body();
    const email = optionalStringField(input, 'email');
    const phoneNumber = optionalStringField(input, 'phoneNumber');
    if ((email === undefined) === (phoneNumber === undefined)) {
      throw new BadRequest('Please provide exactly one of email or phoneNumber');
    }
    const tenant = core.tenantOf(request);
    const contact =
      email === undefined
        ? { phoneNumber: normalisePhoneNumber(phoneNumber as string) }
        : { email: normaliseEmail(email) };
    await core.passwordless.removeCodesOf(tenant, contact);
    return json({ status: 'OK' });
  },
};
