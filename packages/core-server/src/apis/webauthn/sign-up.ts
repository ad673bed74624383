import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { objectField, stringField } from '../../json/input.js';
import { userInFull } from '../common/answer-login.js';
import { answeringRefusals, OPTIONS_EXPIRED, OPTIONS_NOT_FOUND } from './webauthn-input.js';

/** Makes a user with a credential. */
export const webauthnSignUpApi: Api = {
  path: '/recipe/webauthn/signup',
  post: answeringRefusals(async (request, core) => {
    const tenant = core.tenantOf(request);
    const input = request.body();
    const optionsId = stringField(input, 'webauthnGeneratedOptionsId');
    const credential = objectField(input, 'credential');
    const login = await core.webauthn.signUp(core.appOf(request), tenant, optionsId, credential);
    if (login === 'no options') return OPTIONS_NOT_FOUND;
    if (login === 'expired') return OPTIONS_EXPIRED;
    if (login === 'email taken') return json({ status: 'EMAIL_ALREADY_EXISTS_ERROR' });
    return json({
      status: 'OK',
      user: userInFull(login.user, request),
      webauthnCredentialId: login.credentialId,
      relyingPartyId: login.options.rpId,
      relyingPartyName: login.options.rpName,
      recipeUserId: login.recipeUserId,
    });
  }),
};
