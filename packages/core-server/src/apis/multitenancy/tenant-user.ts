import { CDI_4_0 } from '../../cdi/version.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import type { CoreRequest } from '../../http/request.js';
import { nonEmpty, stringField } from '../../json/input.js';

const UNKNOWN_USER = { status: 'UNKNOWN_USER_ID_ERROR' };

function userIdOf(request: CoreRequest): string {
  return nonEmpty(stringField(request.body(), request.version < CDI_4_0 ? 'userId' : 'recipeUserId'), 'userId');
}

/** Lets a user into a tenant. */
export const tenantUserApi: Api = {
  path: '/recipe/multitenancy/tenant/user',
  post: async (request, core) => {
    const userId = userIdOf(request);
    const tenant = core.tenantOf(request);
    const app = core.appOf(request);
    const outcome = await core.users.addToTenant(app, tenant, await core.internalIdOf(app, userId));
    if (outcome === 'unknown user') return json(UNKNOWN_USER);
    if (outcome === 'email taken') return json({ status: 'EMAIL_ALREADY_EXISTS_ERROR' });
    return json({ status: 'OK', wasAlreadyAssociated: outcome === 'was there' });
  },
};

/** Takes a user out of a tenant, with the sessions and roles that the user has there; also such as never signed up. */
export const tenantUserRemoveApi: Api = {
  path: '/recipe/multitenancy/tenant/user/remove',
  post: async (request, core) => {
    const userId = userIdOf(request);
    const tenant = core.tenantOf(request);
    const app = core.appOf(request);
    const outcome = await core.users.removeFromTenant(app, tenant, await core.internalIdOf(app, userId));
    if (outcome === 'unknown user' && (await core.recipeThatKnows(app, userId)) === undefined)
      return json(UNKNOWN_USER);
    const externalId = await core.externalIdOf(app, userId);
    const hadSessions = (await core.sessions.handles([tenant], externalId)).length > 0;
    const hadRoles = (await core.roles.ofUser(tenant, externalId)).length > 0;
    await core.forgetInTenants(app, [tenant], externalId);
    return json({ status: 'OK', wasAssociated: outcome === 'removed' || hadSessions || hadRoles });
  },
};
