import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';

/** The sessions of a user. */
export const sessionUserApi: Api = {
  path: '/recipe/session/user',
  get: async (request, core) => {
    const userId = request.query.required('userId');
    const acrossTenants = request.query.flag('fetchAcrossAllTenants');
    const ofAllLinked = request.query.flag('fetchSessionsForAllLinkedAccounts');
    if (acrossTenants) core.appOf(request);
    const tenants = acrossTenants ? core.tenants.ofApp(core.appOfPublicTenant(request).app) : [core.tenantOf(request)];
    return json({ status: 'OK', sessionHandles: await core.sessions.handles(tenants, userId, ofAllLinked) });
  },
};
