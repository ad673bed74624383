import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { OPTIONS_NOT_FOUND } from './webauthn-input.js';

/** The options of an id. */
export const webauthnOptionsApi: Api = {
  path: '/recipe/webauthn/options',
  get: async (request, core) => {
    const tenant = core.tenantOf(request);
    const id = request.query.required('webauthnGeneratedOptionsId');
    const options = await core.webauthn.options(core.appOf(request), tenant, id);
    if (options === undefined) return OPTIONS_NOT_FOUND;
    const { rpId, rpName, challenge, origin, email, createdAt, expiresAt, userVerification, userPresence } = options;
    return json({
      status: 'OK',
      webauthnGeneratedOptionsId: id,
      relyingPartyId: rpId,
      relyingPartyName: rpName,
      challenge,
      timeout: expiresAt - createdAt,
      origin,
      email,
      createdAt,
      expiresAt,
      userVerification,
      userPresence,
    });
  },
};
