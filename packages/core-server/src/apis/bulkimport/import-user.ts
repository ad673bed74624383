import { BadRequest } from '../../common/errors.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { ImportFailed } from '../../recipes/bulk-import/bulk-import.js';
import { userInFull } from '../common/answer-login.js';
import { appOfImport, refuseInMemory } from './durable.js';

/** Imports one user at once. */
export const importUserApi: Api = {
  path: '/bulk-import/import',
  post: async (request, core) => {
    refuseInMemory(core);
    const input = request.body();
    const app = appOfImport(request, core);
    try {
      return json({ status: 'OK', user: userInFull(await core.bulkImport.importUser(app, input), request) });
    } catch (error) {
      if (!(error instanceof ImportFailed)) throw error;
      throw new BadRequest(JSON.stringify({ errors: error.errors }));
    }
  },
};
