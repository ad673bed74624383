import { json, jsonText } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { objectField, stringField } from '../../json/input.js';

/** What an application keeps about a user. */
export const userMetadataApi: Api = {
  path: '/recipe/user/metadata',
  get: async (request, core) => {
    const userId = request.query.required('userId');
    core.appOf(request);
    const app = core.appOfPublicTenant(request);
    return jsonText(`{"metadata":${(await core.metadata.get(app, userId)) ?? '{}'},"status":"OK"}`);
  },
  put: async (request, core) => {
    const input = request.body();
    const userId = stringField(input, 'userId');
    const update = objectField(input, 'metadataUpdate');
    core.appOf(request);
    const app = core.appOfPublicTenant(request);
    return json({ metadata: await core.metadata.update(app, userId, update), status: 'OK' });
  },
};
