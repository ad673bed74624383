import { BadRequest } from '../common/errors.js';

const STRANGE = /[^!$-;=?-Z_a-z~]/;

/**
 * Refuses characters that a URL may contain only escaped.
 *
 * @param target path and query
 * @throws BadRequest
 * @see https://www.rfc-editor.org/rfc/rfc3986#appendix-A
 */
export function checkTarget(target: string): void {
  if (STRANGE.test(target)) throw malformed();
}

const PLAIN = /^(?:\/[\w-]+)*\/?$/;

/**
 * Normalises a request path: removes parameters (`;a=b`), decodes it, and resolves `//`, `/./` and `/../`.
 *
 * @throws BadRequest for an escape that is not UTF-8, an encoded slash or NUL, and a path that leaves the root
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4
 */
export function normalisePath(raw: string): string {
  if (PLAIN.test(raw)) return raw;
  const withoutParameters = raw.replace(/;[^/]*/g, '');
  if (/%2f|%00|%5c|\\/i.test(withoutParameters) || !withoutParameters.startsWith('/')) throw malformed();
  let decoded: string;
  try {
    decoded = decodeURIComponent(withoutParameters);
  } catch {
    throw malformed();
  }
  const segments: string[] = [];
  const all = decoded.split('/').slice(1);
  for (const segment of all) {
    if (segment === '..') {
      if (segments.pop() === undefined) throw malformed();
    } else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const last = all.at(-1);
  const directory = last === '' || last === '.' || last === '..';
  return `/${segments.join('/')}${directory && segments.length > 0 ? '/' : ''}`;
}

function malformed(): BadRequest {
  return new BadRequest('Bad Request');
}
