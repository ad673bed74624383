import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { OPTIONS_NOT_FOUND } from './webauthn-input.js';

/** Removes options before they expire. */
export const webauthnOptionsRemoveApi: Api = {
  path: '/recipe/webauthn/options/remove',
  delete: async (request, core) => {
    const tenant = core.tenantOf(request);
    const id = request.query.required('webauthnGeneratedOptionsId');
    const wasThere = await core.webauthn.removeOptions(core.appOf(request), tenant, id);
    return wasThere ? json({ status: 'OK' }) : OPTIONS_NOT_FOUND;
  },
};
