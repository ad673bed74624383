import { CDI_2_8, CDI_4_0 } from '../../cdi/version.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { booleanField, objectField, stringField } from '../../json/input.js';
import { answerLogin, tenantWith } from '../common/answer-login.js';
import { normaliseEmail } from '../common/user-fields.js';

/** Logs in a user whom a third party has authenticated, and signs up a new one. */
export const thirdPartySignInUpApi: Api = {
  path: '/recipe/signinup',
  post: async (request, core) => {
    const { version } = request;
    const input = request.body();
    const id = stringField(input, 'thirdPartyId');
    const userId = stringField(input, 'thirdPartyUserId');
    const given = objectField(input, 'email');
    const email = normaliseEmail(stringField(given, 'id'));
    // In between, the SDK saw to that.
    const isVerified = version < CDI_2_8 || version >= CDI_4_0 ? booleanField(given, 'isVerified') : false;
    const tenant = version < CDI_2_8 ? core.tenantOf(request) : tenantWith('thirdParty', request, core);
    const login = await core.thirdParty.signInUp(core.appOf(request), tenant, { id, userId }, email, isVerified);
    if (login === undefined) {
      return json({
        status: 'EMAIL_CHANGE_NOT_ALLOWED_ERROR',
        reason: 'Email already associated with another primary user.',
      });
    }
    return answerLogin(request, login, { createdNewUser: login.isNew });
  },
};
