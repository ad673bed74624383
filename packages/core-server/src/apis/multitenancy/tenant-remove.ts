import { BadPermission } from '../../common/errors.js';
import { normaliseTenantId, PUBLIC } from '../../common/tenant-names.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';

/** Removes a tenant and all that belongs to it. */
export const tenantRemoveApi: Api = {
  path: '/recipe/multitenancy/tenant/remove',
  post: async (request, core) => {
    const id = normaliseTenantId(stringField(request.body(), 'tenantId'));
    if (id === PUBLIC) throw new BadPermission('Cannot delete public tenant, use remove app API instead');
    const source = core.tenantOf(request);
    if (source.id !== PUBLIC) throw new BadPermission('Only the public tenantId is allowed to delete a tenant');
    return json({ status: 'OK', didExist: await core.tenants.remove(source.app, id) });
  },
};
