import { BadPermission } from '../../common/errors.js';
import { normaliseAppId, PUBLIC } from '../../common/tenant-names.js';
import { json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { putApp } from './create-or-update.js';
import { type TenantToJson, toJsonV1, toJsonV2 } from './tenant-list.js';

/** Makes and changes apps. */
export const appV2Api: Api = { path: '/recipe/multitenancy/app/v2', put: putApp('v2') };

/** The same, as before CDI 5.1. */
export const appApi: Api = { path: '/recipe/multitenancy/app', put: putApp('v1') };

function list(toJson: TenantToJson): Handler {
  return (request, core) => {
    const source = core.tenantOf(request);
    if (source.id !== PUBLIC || source.app !== PUBLIC) {
      throw new BadPermission(
        'Only the public tenantId and public appId is allowed to list all apps associated with this connection uri domain',
      );
    }
    const apps = core.tenants.apps().map((appId) => ({
      appId,
      tenants: core.tenants.ofApp(appId).map((tenant) => toJson(tenant, request)),
    }));
    return json({ status: 'OK', apps });
  };
}

/** All apps, with their tenants. */
export const appListV2Api: Api = { path: '/recipe/multitenancy/app/list/v2', get: list(toJsonV2) };

/** The same, as before CDI 5.1. */
export const appListApi: Api = { path: '/recipe/multitenancy/app/list', get: list(toJsonV1) };

/** Removes an app that has no tenants left but its public one. */
export const appRemoveApi: Api = {
  path: '/recipe/multitenancy/app/remove',
  post: async (request, core) => {
    const app = normaliseAppId(stringField(request.body(), 'appId'));
    if (app === PUBLIC) {
      throw new BadPermission('Cannot delete the public app, use remove connection uri domain API instead');
    }
    const source = core.tenantOf(request);
    if (source.id !== PUBLIC || source.app !== PUBLIC) {
      throw new BadPermission('Only the public tenantId and public appId is allowed to delete an app');
    }
    if (core.tenants.ofApp(app).length > 1) {
      throw new BadPermission(
        'Please delete all tenants except the public tenant for this app before calling the delete API',
      );
    }
    return json({ status: 'OK', didExist: await core.removeApp(app) });
  },
};
