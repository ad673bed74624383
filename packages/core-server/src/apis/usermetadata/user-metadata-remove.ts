import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';

/** Removes the metadata of a user. */
export const userMetadataRemoveApi: Api = {
  path: '/recipe/user/metadata/remove',
  post: async (request, core) => {
    const userId = stringField(request.body(), 'userId');
    core.appOf(request);
    await core.metadata.remove(core.appOfPublicTenant(request), userId);
    return json({ status: 'OK' });
  },
};
