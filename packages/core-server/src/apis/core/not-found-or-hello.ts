import { text } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';

/** The root of an app or of a tenant, and every path that nothing else answers. */
const notFoundOrHello: Handler = (request, core) => {
  core.appOf(request);
  const isRoot = /^(\/appid-[a-z0-9-]+)?(\/[a-z0-9-]+)?\/?$/.test(request.path);
  const isThere = core.tenants.find(request.app, request.tenant) !== undefined;
  return isRoot && isThere ? text(200, 'Hello') : text(404, 'Not found');
};

export const notFoundOrHelloApi: Api = {
  path: '',
  get: notFoundOrHello,
  post: notFoundOrHello,
  put: notFoundOrHello,
  delete: notFoundOrHello,
  needsNoApiKey: true,
};
