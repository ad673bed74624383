import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { objectField, stringField } from '../../json/input.js';
import { userInFull } from '../common/answer-login.js';
import { answeringRefusals, CREDENTIAL_NOT_FOUND, OPTIONS_EXPIRED, OPTIONS_NOT_FOUND } from './webauthn-input.js';

/** Whose credential this is. */
export const webauthnSignInApi: Api = {
  path: '/recipe/webauthn/signin',
  post: answeringRefusals(async (request, core) => {
    const input = request.body();
    core.tenantOf(request);
    const optionsId = stringField(input, 'webauthnGeneratedOptionsId');
    const credential = objectField(input, 'credential');
    const login = await core.webauthn.signIn(core.appOf(request), optionsId, credential);
    if (login === 'no options') return OPTIONS_NOT_FOUND;
    if (login === 'expired') return OPTIONS_EXPIRED;
    if (login === 'no credential') return CREDENTIAL_NOT_FOUND;
    return json({ status: 'OK', user: userInFull(login.user, request), recipeUserId: login.recipeUserId });
  }),
};
