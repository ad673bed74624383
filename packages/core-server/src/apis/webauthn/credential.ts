import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { CREDENTIAL_NOT_FOUND } from './webauthn-input.js';

/** One credential of a user. */
export const webauthnCredentialApi: Api = {
  path: '/recipe/webauthn/user/credential',
  get: async (request, core) => {
    core.tenantOf(request);
    const recipeUserId = request.query.required('recipeUserId');
    const id = request.query.required('webauthnCredentialId');
    const credential = await core.webauthn.credential(core.appOf(request), recipeUserId, id);
    if (credential === undefined) return CREDENTIAL_NOT_FOUND;
    const { rpId, createdAt, updatedAt } = credential;
    return json({
      webauthnCredentialId: id,
      recipeUserId,
      relyingPartyId: rpId,
      createdAt,
      updatedAt,
      status: 'OK',
    });
  },
};
