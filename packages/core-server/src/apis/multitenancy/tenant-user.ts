import { CDI_4_0 } from '../../cdi/version.js';
import { json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import { nonEmpty, stringField } from '../../json/input.js';

// Users of login recipes belong to tenants; this Core has no such recipes, so it knows none of the users.
const unknownUser: Handler = (request, core) => {
  nonEmpty(stringField(request.body(), request.version < CDI_4_0 ? 'userId' : 'recipeUserId'), 'userId');
  core.tenantOf(request);
  return json({ status: 'UNKNOWN_USER_ID_ERROR' });
};

export const tenantUserApi: Api = { path: '/recipe/multitenancy/tenant/user', post: unknownUser };
export const tenantUserRemoveApi: Api = { path: '/recipe/multitenancy/tenant/user/remove', post: unknownUser };
