import { BadPermission } from '../../common/errors.js';
import { PUBLIC } from '../../common/tenant-names.js';
import { json } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';
import type { CoreRequest } from '../../http/request.js';
import { tenantJson, tenantJsonV1 } from '../../tenants/tenant-json.js';
import type { Tenant } from '../../tenants/tenants.js';

/** Renders a tenant in a list. */
export type TenantToJson = (tenant: Tenant, request: CoreRequest) => object;
export const toJsonV2: TenantToJson = (tenant) => tenantJson(tenant);
export const toJsonV1: TenantToJson = (tenant, request) => tenantJsonV1(tenant, request.version);

function list(toJson: TenantToJson): Handler {
  return (request, core) => {
    const source = core.tenantOf(request);
    if (source.id !== PUBLIC) {
      throw new BadPermission('Only the public tenantId is allowed to list all tenants associated with this app');
    }
    return json({ status: 'OK', tenants: core.tenants.ofApp(source.app).map((tenant) => toJson(tenant, request)) });
  };
}

/** The tenants of an app. */
export const tenantListV2Api: Api = { path: '/recipe/multitenancy/tenant/list/v2', get: list(toJsonV2) };

/** The same, as before CDI 5.1. */
export const tenantListApi: Api = { path: '/recipe/multitenancy/tenant/list', get: list(toJsonV1) };
