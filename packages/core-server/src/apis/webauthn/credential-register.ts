import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { objectField, stringField } from '../../json/input.js';
import { answeringRefusals, OPTIONS_EXPIRED, OPTIONS_NOT_FOUND, UNKNOWN_USER } from './webauthn-input.js';

/** Gives a user one more credential. */
export const webauthnCredentialRegisterApi: Api = {
  path: '/recipe/webauthn/user/credential/register',
  post: answeringRefusals(async (request, core) => {
    const tenant = core.tenantOf(request);
    const input = request.body();
    const recipeUserId = stringField(input, 'recipeUserId');
    const optionsId = stringField(input, 'webauthnGeneratedOptionsId');
    const credential = objectField(input, 'credential');
    const app = core.appOf(request);
    const outcome = await core.webauthn.registerCredential(app, tenant, recipeUserId, optionsId, credential);
    switch (outcome) {
      case 'no options':
        return OPTIONS_NOT_FOUND;
      case 'expired':
        return OPTIONS_EXPIRED;
      case 'credential taken':
        return json({ status: 'CREDENTIAL_ALREADY_EXISTS_ERROR' });
      case 'unknown user':
        return UNKNOWN_USER;
    }
    const { options, credentialId } = outcome;
    return json({
      status: 'OK',
      webauthnCredentialId: credentialId,
      recipeUserId,
      email: options.email,
      relyingPartyId: options.rpId,
      relyingPartyName: options.rpName,
    });
  }),
};
