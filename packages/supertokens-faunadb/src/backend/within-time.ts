import type { Client, Expr } from 'faunadb';

/**
 * Asks FaunaDB and waits no longer than `limit` milliseconds. It is sent again only where it cannot have been sent.
 *
 * @param secret The secret to ask with; default: the client's own.
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
    // FaunaDB gives up as well, so that nothing is committed long after nobody waits for it.
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
 * The driver keeps a connection that was cut, or that the server is closing, notices it at the next query, and fails that
 * one. A refused stream has not been processed: RFC 9113, section 8.7.
 */
function wasNotSent(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const isRefused = error.code === 'ERR_HTTP2_STREAM_ERROR' && error.message.includes('NGHTTP2_REFUSED_STREAM');
  return isRefused || error.code === 'ERR_HTTP2_INVALID_SESSION';
}
