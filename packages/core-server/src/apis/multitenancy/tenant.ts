import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { tenantJson, tenantJsonV1 } from '../../tenants/tenant-json.js';
import { putTenant } from './create-or-update.js';

const NOT_FOUND = { status: 'TENANT_NOT_FOUND_ERROR' };

/** Makes, changes and reads tenants. */
export const tenantV2Api: Api = {
  path: '/recipe/multitenancy/tenant/v2',
  put: putTenant('v2'),
  get: (request, core) => {
    const tenant = core.tenants.find(request.app, request.tenant);
    return json(tenant === undefined ? NOT_FOUND : { ...tenantJson(tenant), status: 'OK' });
  },
};

/** The same, as before CDI 5.1. */
export const tenantApi: Api = {
  path: '/recipe/multitenancy/tenant',
  put: putTenant('v1'),
  get: (request, core) => {
    const tenant = core.tenants.find(request.app, request.tenant);
    return json(tenant === undefined ? NOT_FOUND : { ...tenantJsonV1(tenant, request.version), status: 'OK' });
  },
};
