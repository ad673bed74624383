import { isResourcePath } from './resource.js';

/** What a path leads to: an endpoint, a document's path, or nothing. */
export type Route =
  | '/'
  | '/query/1'
  | '/stream/1'
  | '/feed/1'
  | '/environment/1'
  | '/schema/1'
  | '/linearized'
  | '/stream'
  | '/ping'
  | '/authorized'
  | 'resource'
  | 'none';

export function routeOf(path: string): Route {
  switch (path) {
    case '':
      return '/';
    case '/':
    case '/query/1':
    case '/stream/1':
    case '/feed/1':
    case '/environment/1':
    case '/linearized':
    case '/stream':
    case '/ping':
    case '/authorized':
      return path;
    default:
      if (/^\/schema\/1(?:\/|$)/.test(path)) return '/schema/1';
      return isResourcePath(path) ? 'resource' : 'none';
  }
}
