import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { CREDENTIAL_NOT_FOUND } from './webauthn-input.js';

/** Takes a credential away from a user. */
export const webauthnCredentialRemoveApi: Api = {
  path: '/recipe/webauthn/user/credential/remove',
  delete: async (request, core) => {
    core.tenantOf(request);
    const recipeUserId = request.query.required('recipeUserId');
    const id = request.query.required('webauthnCredentialId');
    const wasThere = await core.webauthn.removeCredential(core.appOf(request), recipeUserId, id);
    return wasThere ? json({ status: 'OK' }) : CREDENTIAL_NOT_FOUND;
  },
};
