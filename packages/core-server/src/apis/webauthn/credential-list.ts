import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';

/** The credentials of a user. */
export const webauthnCredentialListApi: Api = {
  path: '/recipe/webauthn/user/credential/list',
  get: async (request, core) => {
    core.tenantOf(request);
    const recipeUserId = request.query.required('recipeUserId');
    const credentials = await core.webauthn.credentials(core.appOf(request), recipeUserId);
    return json({
      credentials: credentials.map(({ id, rpId, createdAt }) => ({
        webauthnCredentialId: id,
        recipeUserId,
        relyingPartyId: rpId,
        createdAt,
      })),
      status: 'OK',
    });
  },
};
