import type { FaunaClient, FaunaQuery } from '../fauna/base/types.js';
import { languageOf } from '../fauna/languages.js';
import { OutcomeUnknown } from '../shared/errors.js';

/** FaunaDB did not answer in time. */
class NoAnswerError extends Error {}

/**
 * Sends a query with a time limit, because the drivers never settle a query whose connection ends without an answer. Retries
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
export async function queryFauna<T>(client: FaunaClient, query: FaunaQuery, limit: number): Promise<T> {
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
export async function withinTime<T>(
  client: FaunaClient,
  query: FaunaQuery,
  limit: number,
  secret?: string,
): Promise<T> {
  const language = await languageOf(client);
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
    const options = { signal: controller.signal, timeout: limit, ...(secret === undefined ? {} : { secret }) };
    const run = () => language.run(client, query, options) as Promise<T>;
    return await Promise.race([run().catch((error) => (wasNotSent(error) ? run() : Promise.reject(error))), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The driver notices only at the next query that a connection was cut, or that the server is closing it, and fails that
 * query. A refused stream has not been processed: RFC 9113, section 8.7.
 */
function wasNotSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The driver `fauna` wraps the failure.
  const failure = error.cause instanceof Error ? error.cause : error;
  if (!('code' in failure)) return false;
  const isRefused = failure.code === 'ERR_HTTP2_STREAM_ERROR' && failure.message.includes('NGHTTP2_REFUSED_STREAM');
  return isRefused || failure.code === 'ERR_HTTP2_INVALID_SESSION';
}
