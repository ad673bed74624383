import { AppNotFound, TenantOrAppNotFound } from '../common/errors.js';
import type { Core, RequestScope } from '../core/core.js';
import type { Tenant } from '../tenants/tenants.js';

/**
 * Like `core.appOfPublicTenant`, for requests to which the real Core gives a different error when the app does not exist.
 *
 * @throws BadPermission
 * @throws AppNotFound
 */
export function wholeAppOf(request: RequestScope, core: Core): Tenant {
  try {
    return core.appOfPublicTenant(request);
  } catch (error) {
    if (error instanceof TenantOrAppNotFound) throw new AppNotFound(request.app);
    throw error;
  }
}

/**
 * Like `core.appOfPublicTenant`, but reports a missing app before a tenant that may not send the request.
 *
 * @throws TenantOrAppNotFound
 * @throws BadPermission
 */
export function existingAppOf(request: RequestScope, core: Core): Tenant {
  core.appOf(request);
  return core.appOfPublicTenant(request);
}
