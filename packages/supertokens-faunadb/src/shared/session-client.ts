import type { Client } from 'faunadb';
import faunadb from 'faunadb';

/** Where a {@link sessionClient} has its token from. */
export interface TokenSource {
  /** The session's current token. */
  current(): Promise<string>;
  /** A token in place of one that FaunaDB no longer accepts. */
  renewed(dead: string): Promise<string>;
}

/**
 * A client that queries with a session's current token, and repeats a query that met a dead one: once, with a new one.
 *
 * @param sourceOfQuery Gives each query its source, which may remember whose query it is.
 */
export function sessionClient(base: Client, sourceOfQuery: () => TokenSource, stream: Client['stream']): Client {
  const withToken = async <T>(query: (secret: string) => Promise<T>): Promise<T> => {
    const source = sourceOfQuery();
    const secret = await source.current();
    try {
      return await query(secret);
    } catch (error) {
      if (!(error instanceof faunadb.errors.Unauthorized)) throw error;
    }
    return query(await source.renewed(secret));
  };
  // `paginate` of the driver queries through these, and the transaction time that the base has seen stays shared.
  const own: Pick<Client, 'query' | 'queryWithMetrics' | 'stream' | 'close'> = {
    query: (expression, options) => withToken((secret) => base.query(expression, { ...options, secret })),
    queryWithMetrics: (expression, options) =>
      withToken((secret) => base.queryWithMetrics(expression, { ...options, secret })),
    stream,
    // The connection belongs to the base client.
    close: async () => {},
  };
  return Object.assign(Object.create(base) as Client, own);
}
