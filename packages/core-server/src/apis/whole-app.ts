import type { Core } from '../core.js';
import { AppNotFound, TenantOrAppNotFound } from '../http/errors.js';
import type { CoreRequest } from '../http/request.js';
import type { Tenant } from '../tenants/tenants.js';

/**
 * Like `core.appOfPublicTenant`, for what the real Core looks for in all of an app's databases: it says in other words that
 * there is no such app.
 *
 * @throws BadPermission
 * @throws AppNotFound
 */
export function wholeAppOf(request: CoreRequest, core: Core): Tenant {
  try {
    return core.appOfPublicTenant(request);
  } catch (error) {
    if (error instanceof TenantOrAppNotFound) throw new AppNotFound(request.app);
    throw error;
  }
}
