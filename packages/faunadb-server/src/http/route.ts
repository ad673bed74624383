import { isResourcePath } from './resource.js';

/** What a path leads to: an endpoint, a document's path, an unimplemented endpoint, or nothing. */
export type Route =
  | '/'
  | '/query/1'
  | '/linearized'
  | '/stream'
  | '/ping'
  | '/authorized'
  | 'resource'
  | 'unfinished'
  | 'none';

export function routeOf(path: string): Route {
  if (/^\/(?:stream|feed|environment)\/1$|^\/schema\/1(?:\/|$)/.test(path)) return 'unfinished';
  switch (path) {
    case '':
      return '/';
    case '/':
    case '/query/1':
    case '/linearized':
    case '/stream':
    case '/ping':
    case '/authorized':
      return path;
    default:
      return isResourcePath(path) ? 'resource' : 'none';
  }
}
