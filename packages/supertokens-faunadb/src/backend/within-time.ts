import type { Client, Expr } from 'faunadb';
import { OutcomeUnknown } from '../shared/errors.js';

/** FaunaDB did not answer in time. */
class NoAnswerError extends Error {}

/**
 * Sends a query with a time limit, because the driver never settles a query whose connection ends without an answer. Retries
 * the query once if the driver has certainly not sent it, as after a connection was cut.
 *
 * @param client The client to use.
 * @param query The query.
 * @param limit How long to wait for the answer, in ms.
 * @returns The value of the query.
 * @throws {FaunadbSessionError} `FAUNADB_UNAVAILABLE` if there is no answer in time. FaunaDB's own errors pass unchanged.
 *
 * @example
 * ```ts
 * const names = await queryFauna<string[]>(client, q.Paginate(q.Match(q.Index('names'))), 5_000);
 * ```
 */
export async function queryFauna<T>(client: Client, query: Expr, limit: number): Promise<T> {
  try {
    return await withinTime<T>(client, query, limit);
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    throw new OutcomeUnknown(`FaunaDB gave ${error.message}.`);
  }
}

/**
 * Sends a query and waits no longer than `limit` milliseconds. It is retried only if it was certainly not processed.
 *
 * @param secret The secret to use; default: the client's own.
 */
export async function withinTime<T>(client: Client, expression: Expr, limit: number, secret?: string): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // The driver never settles a query whose HTTP/2 stream ends without an answer, so the signal alone is not enough.
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort();
      reject(new NoAnswerError(`no answer within ${limit} ms`));
    }, limit);
  });
  try {
    // FaunaDB gets the same limit, so that it commits nothing long after the client has stopped waiting.
    const options = { signal: controller.signal, queryTimeout: limit, ...(secret === undefined ? {} : { secret }) };
    const query = () => client.query(expression, options) as Promise<T>;
    return await Promise.race([
      query().catch((error) => (wasNotSent(error) ? query() : Promise.reject(error))),
      timeout,
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The driver notices only at the next query that a connection was cut, or that the server is closing it, and fails that
 * query. A refused stream has not been processed: RFC 9113, section 8.7.
 */
function wasNotSent(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const isRefused = error.code === 'ERR_HTTP2_STREAM_ERROR' && error.message.includes('NGHTTP2_REFUSED_STREAM');
  return isRefused || error.code === 'ERR_HTTP2_INVALID_SESSION';
}
