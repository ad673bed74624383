import { text } from '../../http/answer.js';
import type { Api, Handler } from '../../http/api.js';

/** The root of an app or of a tenant, and every path that nothing else answers. */
const notFoundOrHello: Handler = (request, core) => {
  core.appOf(request);
  const isThere = core.tenants.find(request.app, request.tenant) !== undefined;
  const inApp = withoutPrefix(request.path, `/appid-${request.app}`);
  const inTenant = withoutPrefix(inApp, `/${request.tenant}`);
  return isThere && /^\/?$/.test(inTenant) ? text(200, 'Hello') : text(404, 'Not found');
};

function withoutPrefix(path: string, prefix: string): string {
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

export const notFoundOrHelloApi: Api = {
  path: '',
  get: notFoundOrHello,
  post: notFoundOrHello,
  put: notFoundOrHello,
  delete: notFoundOrHello,
  needsNoApiKey: true,
};
