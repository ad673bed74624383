// FQL v10 answers that come from the protocol instead of the language.
import type { QueryEnded } from '../values/query-ended.js';
import type { Outcome, Request10, StreamRequest10 } from './engine.js';

type Kind10 = (Request10 | StreamRequest10)['kind'];

/** A query that times out with less time than this, in ms, is answered that its deadline was too short. */
const AGGRESSIVE = 1000;

/** The body of an answer that comes from the protocol, not from the language. */
export function protocolError10(
  code: string,
  message: string,
  { kind, tags }: { readonly kind?: Kind10; readonly tags?: string | undefined },
): string {
  if (kind === 'schema') return JSON.stringify({ error: { message } });
  return JSON.stringify({ error: { code, message }, ...(tags === undefined ? {} : { query_tags: tags }) });
}

/** The body of the answer to a request without a valid secret; each endpoint has its own. */
export function unauthorized10(request: { readonly kind: Kind10; readonly tags?: string | undefined }): string {
  if (request.kind === 'query') return protocolError10('unauthorized', 'Access token required', { tags: request.tags });
  if (request.kind === 'schema') return JSON.stringify({ error: { message: 'Access token required' } });
  const error = { code: 'unauthorized', message: 'Invalid token, unable to authenticate request' };
  return JSON.stringify(request.kind === 'environment' ? error : { error });
}

/** The answer to a query that exceeded its limits. */
export function refusal10(
  { reason, description }: QueryEnded,
  request: Pick<Request10, 'tags' | 'timeout'> & { readonly kind?: Kind10 },
): { outcome: Outcome; body: string } {
  if (reason !== 'time') return { outcome: 'invalid', body: protocolError10('invalid_request', description, request) };
  const { timeout } = request;
  if (timeout >= AGGRESSIVE) return { outcome: 'timed out', body: protocolError10('time_out', description, request) };
  const message = `Client set aggressive deadline: query needs ${AGGRESSIVE}, timed out within ${timeout}`;
  return { outcome: 'hurried', body: protocolError10('time_out', message, request) };
}
