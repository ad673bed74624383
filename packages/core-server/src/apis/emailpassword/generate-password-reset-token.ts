import { CDI_4_0 } from '../../cdi/version.js';
import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { tenantWith } from '../common/answer-login.js';

const UNKNOWN_USER = { status: 'UNKNOWN_USER_ID_ERROR' };

/** Creates a token to reset a user's password. */
export const generatePasswordResetTokenApi: Api = {
  path: '/recipe/user/password/reset/token',
  post: async (request, core) => {
    const input = request.body();
    const userId = stringField(input, 'userId');
    const tenant = tenantWith('emailPassword', request, core);
    const app = core.appOf(request);
    // A user who does not exist needs no email.
    if (!(await core.users.read((reader) => core.users.knows(reader, app, userId)))) return json(UNKNOWN_USER);
    const email = request.version < CDI_4_0 ? undefined : stringField(input, 'email');
    const made = await core.emailPassword.createResetToken(app, tenant, userId, email);
    if (made === 'linked') throw new BadRequest('Please use CDI version >= 4.0');
    return json(made === undefined ? UNKNOWN_USER : { status: 'OK', token: made.token });
  },
};
