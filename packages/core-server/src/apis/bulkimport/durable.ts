import { BadRequest } from '../../common/errors.js';
import type { Core } from '../../core/core.js';
import { wholeAppOf } from '../../core/whole-app.js';
import type { CoreRequest } from '../../http/request.js';
import type { Tenant } from '../../tenants/tenants.js';

/** Refuses imports into a Core without a data folder. @throws BadRequest */
export function refuseInMemory(core: Core): void {
  if (core.isInMemory) throw new BadRequest('This API is not supported in the in-memory database.');
}

/** The app that users are imported into. @throws BadPermission @throws TenantOrAppNotFound */
export function appOfImport(request: CoreRequest, core: Core): Tenant {
  core.appOf(request);
  return wholeAppOf(request, core);
}
