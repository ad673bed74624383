/** The path of a request's target as written, and its query string. */
export interface Target {
  readonly path: string;
  readonly query: string | undefined;
}

/** The characters that Java's `URI` accepts in a path, and in a query string. */
const PATH = /^(?:[\w\-.!~'()*:@&=+$,;/]|%[0-9A-Fa-f]{2}|[^\0-\x7f])*$/;
const QUERY = /^(?:[\w\-.!~'()*:@&=+$,;/?[\]]|%[0-9A-Fa-f]{2}|[^\0-\x7f])*$/;

/** @returns `undefined` if the target is invalid. */
export function parseTarget(target: string): Target | undefined {
  let [rest] = target.split('#', 1) as [string];
  // The absolute form, which clients send to proxies; the scheme is optional.
  const authority = /^(?:https?:)?\/\/[^/?#]*/i.exec(rest)?.[0];
  if (authority !== undefined) rest = rest.slice(authority.length);
  if (authority?.endsWith('//') && rest === '') return undefined;
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const query = mark < 0 ? undefined : rest.slice(mark + 1);
  return PATH.test(path) && (query === undefined || QUERY.test(query)) ? { path, query } : undefined;
}

/** The parameters of a query string; the last value of a name wins. Empty if any is badly encoded. */
export function parseQueryString(query: string | undefined): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  if (query === undefined || query === '') return parameters;
  try {
    for (const pair of query.split('&')) {
      const equals = pair.indexOf('=');
      const name = decode(equals < 0 ? pair : pair.slice(0, equals));
      parameters.set(name, equals < 0 ? '' : decode(pair.slice(equals + 1)));
    }
    return parameters;
  } catch {
    return new Map();
  }
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
