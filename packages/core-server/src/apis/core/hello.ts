import { text } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';

const hello: Handler = async (request, core) => {
  core.appOf(request);
  return text(200, 'Hello');
};

/** Whether the Core is there. */
export const helloApi: Api = {
  path: '/hello',
  get: hello,
  post: hello,
  put: hello,
  delete: hello,
  needsNoApiKey: true,
  needsNoVersion: true,
};
