import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { roleField, roleParameter, UNKNOWN_ROLE } from './role-input.js';

/** Gives a user of a tenant a role. */
export const userRoleApi: Api = {
  path: '/recipe/user/role',
  put: async (request, core) => {
    const input = request.body();
    const userId = stringField(input, 'userId');
    const role = roleField(input);
    const tenant = core.tenantOf(request);
    const isNew = await core.roles.addToUser(core.appOf(request), tenant, userId, role);
    return isNew === undefined ? UNKNOWN_ROLE : json({ status: 'OK', didUserAlreadyHaveRole: !isNew });
  },
};

export const userRoleRemoveApi: Api = {
  path: '/recipe/user/role/remove',
  post: async (request, core) => {
    const input = request.body();
    const userId = stringField(input, 'userId');
    const role = roleField(input);
    const tenant = core.tenantOf(request);
    const had = await core.roles.removeFromUser(core.appOf(request), tenant, userId, role);
    return had === undefined ? UNKNOWN_ROLE : json({ status: 'OK', didUserHaveRole: had });
  },
};

export const userRolesApi: Api = {
  path: '/recipe/user/roles',
  get: async (request, core) => {
    const userId = request.query.required('userId');
    return json({ roles: await core.roles.ofUser(core.tenantOf(request), userId), status: 'OK' });
  },
};

export const roleUsersApi: Api = {
  path: '/recipe/role/users',
  get: async (request, core) => {
    const role = roleParameter(request);
    const tenant = core.tenantOf(request);
    const users = await core.roles.users(core.appOf(request), tenant, role);
    return users === undefined ? UNKNOWN_ROLE : json({ users, status: 'OK' });
  },
};
