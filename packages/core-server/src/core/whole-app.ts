import { AppNotFound, TenantOrAppNotFound } from '../common/errors.js';
import type { Core, RequestScope } from '../core/core.js';
import type { Tenant } from '../tenants/tenants.js';

/**
 * Like `core.appOfPublicTenant`, for what the real Core looks for in all of an app's databases: it says in other words that
 * there is no such app.
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
 * Like `core.appOfPublicTenant`, but that there is no such app is said before that another tenant may not ask.
 *
 * @throws TenantOrAppNotFound
 * @throws BadPermission
 */
export function existingAppOf(request: RequestScope, core: Core): Tenant {
  core.appOf(request);
  return core.appOfPublicTenant(request);
}
