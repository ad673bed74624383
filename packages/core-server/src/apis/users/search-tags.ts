import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';

/** What users can be searched by. */
export const searchTagsApi: Api = {
  path: '/user/search/tags',
  get: () => json({ status: 'OK', tags: ['email', 'phone', 'provider'] }),
};
