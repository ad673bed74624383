import { isResourcePath } from './resource.js';

/** What a path leads to: itself, one of the many paths of documents, or nothing. */
export type Route = '/' | '/linearized' | '/stream' | '/ping' | '/authorized' | 'resource' | 'none';

export function routeOf(path: string): Route {
  switch (path) {
    case '':
      return '/';
    case '/':
    case '/linearized':
    case '/stream':
    case '/ping':
    case '/authorized':
      return path;
    default:
      return isResourcePath(path) ? 'resource' : 'none';
  }
}
