import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { nonEmpty } from '../../json/input.js';
import { permissionsField, roleField, roleParameter, UNKNOWN_ROLE } from './role-input.js';

/** Makes a role, or gives it more permissions. */
export const roleApi: Api = {
  path: '/recipe/role',
  put: async (request, core) => {
    const input = request.body();
    const role = roleField(input);
    const permissions = permissionsField(input);
    core.appOf(request);
    const app = core.appOfPublicTenant(request);
    return json({ status: 'OK', createdNewRole: await core.roles.create(app, role, permissions ?? []) });
  },
};

export const roleRemoveApi: Api = {
  path: '/recipe/role/remove',
  post: async (request, core) => {
    const role = roleField(request.body());
    core.appOf(request);
    const app = core.appOfPublicTenant(request);
    return json({ status: 'OK', didRoleExist: await core.roles.remove(app, core.tenants.ofApp(app.app), role) });
  },
};

export const rolesApi: Api = {
  path: '/recipe/roles',
  get: async (request, core) => {
    core.appOf(request);
    return json({ roles: await core.roles.all(core.appOfPublicTenant(request)), status: 'OK' });
  },
};

export const rolePermissionsApi: Api = {
  path: '/recipe/role/permissions',
  get: async (request, core) => {
    const role = roleParameter(request);
    core.appOf(request);
    const permissions = await core.roles.permissions(core.appOfPublicTenant(request), role);
    return permissions === undefined ? UNKNOWN_ROLE : json({ permissions, status: 'OK' });
  },
};

export const rolePermissionsRemoveApi: Api = {
  path: '/recipe/role/permissions/remove',
  post: async (request, core) => {
    const input = request.body();
    const role = roleField(input);
    const permissions = permissionsField(input);
    core.appOf(request);
    const existed = await core.roles.removePermissions(core.appOfPublicTenant(request), role, permissions);
    return existed ? json({ status: 'OK' }) : UNKNOWN_ROLE;
  },
};

export const permissionRolesApi: Api = {
  path: '/recipe/permission/roles',
  get: async (request, core) => {
    const permission = nonEmpty(request.query.required('permission'), 'permission');
    core.appOf(request);
    return json({ roles: await core.roles.withPermission(core.appOfPublicTenant(request), permission), status: 'OK' });
  },
};
