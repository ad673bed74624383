import { API_VERSION } from '../fql4/wire/language-version.js';
import type { QueryContext } from '../query/context.js';
import type { ApiVersion } from '../values/api-version.js';
import type {
  OpeningRequest,
  QueryRequest,
  ReportRequest,
  Request10,
  StreamRequest,
  StreamRequest10,
} from './engine.js';
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
export type AnyRequest = QueryRequest | Request10 | RequestOfStream;

/** What a stream needs of another process. */
export type RequestOfStream = OpeningRequest | ReportRequest;

export const isOfStream = (request: AnyRequest): request is RequestOfStream =>
  'kind' in request && (request.kind === 'opening' || request.kind === 'report');
export const is10 = (request: AnyRequest): request is Request10 => 'kind' in request && !isOfStream(request);

/** The version of FQL v4 that a request is in, or whatever it needs of that language. */
export function versionOf(request: AnyRequest | StreamRequest | StreamRequest10): ApiVersion {
  if ('stream' in request) return versionOf(request.stream);
  return ('apiVersion' in request ? request.apiVersion : undefined) ?? API_VERSION;
}

/** The text of a query. JSON from the client is quoted, so that it can only be a value. */
export function textOf({ query, params }: QueryRequest): string | undefined {
  if (params === undefined) return query;
  return isJson(params) ? `${query},"params":{"quote":${params}}}` : params;
}

/** Whether even parsing a request takes long. */
export function takesLong(request: AnyRequest): boolean {
  if (isOfStream(request)) return false;
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
