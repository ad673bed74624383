import type { QueryContext } from '../query/context.js';
import type { QueryRequest, Request10, RolesRequest } from './engine.js';
import { isJson } from './is-json.js';

/**
 * In characters. Longer queries are not even parsed on the serving thread; above the first limit, only those with
 * many parts.
 */
const LONG_QUERY = 64 * 1024;
const VERY_LONG_QUERY = 1.5 * 1024 * 1024;
const MANY_PARTS = 4_096;
/** Longer schemas are parsed and checked in another process, in characters. */
const LONG_SCHEMA = 8 * 1024;

/** What the engine executes. */
export type AnyRequest = QueryRequest | Request10 | RolesRequest;

export const isForRoles = (request: AnyRequest): request is RolesRequest =>
  'kind' in request && request.kind === 'roles';
export const is10 = (request: AnyRequest): request is Request10 => 'kind' in request && !isForRoles(request);

/** The text of a query. JSON from the client is quoted, so that it can only be a value. */
export function textOf({ query, params }: QueryRequest): string | undefined {
  if (params === undefined) return query;
  return isJson(params) ? `${query},"params":{"quote":${params}}}` : params;
}

/** Whether even parsing a request takes long. */
export function takesLong(request: AnyRequest): boolean {
  if (isForRoles(request)) return false;
  if (!is10(request)) return isLong(request.query) || isLong(request.params);
  if (request.kind !== 'schema') return 'body' in request && isLong(request.body, /[^\w\s]/g);
  const length = request.files.reduce((sum, { name, text }) => sum + name.length + text.length, request.text.length);
  return length > LONG_SCHEMA;
}

/** Whether even parsing the query takes long. One long string in it does not. `separator` is what parts its parts. */
export function isLong(query = '', separator = /,/g): boolean {
  if (query.length <= LONG_QUERY || query.length > VERY_LONG_QUERY) return query.length > LONG_QUERY;
  let parts = 0;
  for (const _ of query.matchAll(separator)) if (++parts >= MANY_PARTS) return true;
  return false;
}

/** What a query may do: one by GET only reads. */
export function effectLimit({ readOnly }: QueryRequest): QueryContext['effectLimit'] {
  return readOnly ? { effect: 'read', reason: readOnly } : { effect: 'write', reason: '' };
}
