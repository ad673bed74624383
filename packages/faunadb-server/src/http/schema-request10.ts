import type { SchemaRequest10 } from '../engine/engine.js';
import type { Exchange } from './exchange.js';
import { boundaryOf, isMultipart, partsOf } from './multipart.js';
import { parseQueryString, type Target } from './target.js';

/** The most parts of a body that are read: more files than these are refused anyway. */
const MAX_PARTS = 2_048;

/** What a request to `/schema/1/…` asks for, or what is wrong with it. */
export function schemaRequest10(
  exchange: Exchange,
  target: Target,
  body: Buffer,
): Omit<SchemaRequest10, 'kind' | 'secret' | 'timeout' | 'tags'> | { readonly fault: string } {
  const type = exchange.header('content-type');
  const boundary = isMultipart(type) ? boundaryOf(type) : undefined;
  if (isMultipart(type) && boundary === undefined) return { fault: 'Request is not a valid multipart request' };
  return {
    method: exchange.method,
    path: target.path.split('/').slice(3).map(decoded),
    parameters: [...parseQueryString(target.query)],
    files: boundary === undefined ? [] : partsOf(body, boundary, MAX_PARTS),
    text: boundary === undefined ? body.toString('utf8') : '',
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not UTF-8: nothing has this name.
    return segment;
  }
}
