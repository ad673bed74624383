import type { Client, Expr } from 'faunadb';

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
      reject(new Error(`no answer within ${limit} ms`));
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
