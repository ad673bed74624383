import type { Client } from 'faunadb';
import faunadb from 'faunadb';
import { SessionStream, type StreamTokens } from './session-stream.js';

/** Where a {@link sessionClient} gets its tokens. */
export interface TokenSource {
  /** The session's current token. */
  current(): Promise<string>;
  /** A new token to replace one that FaunaDB no longer accepts. */
  renewed(dead: string): Promise<string>;
}

/** The parts of a {@link sessionClient}. */
export interface SessionClientParts {
  /** Sends the queries, each with its own secret. */
  readonly base: Client;
  /** Returns a new source for each query, which may remember whose query it is. */
  readonly sourceOfQuery: () => TokenSource;
  /** Returns a new source for each stream. */
  readonly sourceOfStream: () => StreamTokens;
}

/**
 * Creates a client that queries with a session's current token. If FaunaDB rejects the token, it retries the query once with
 * a new one. Its streams last as long as the session.
 */
export function sessionClient({ base, sourceOfQuery, sourceOfStream }: SessionClientParts): Client {
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
  const stream = Object.assign(
    (...[expression, options]: Parameters<Client['stream']>) =>
      new SessionStream(sourceOfStream(), expression, options, 'stream'),
    {
      document: (...[expression, options]: Parameters<Client['stream']>) =>
        new SessionStream(sourceOfStream(), expression, options, 'document'),
    },
  );
  // The driver's `paginate` uses these methods. All clients share the transaction time that the base has seen.
  const own: Pick<Client, 'query' | 'queryWithMetrics' | 'stream' | 'close'> = {
    query: (expression, options) => withToken((secret) => base.query(expression, { ...options, secret })),
    queryWithMetrics: (expression, options) =>
      withToken((secret) => base.queryWithMetrics(expression, { ...options, secret })),
    // The subscription has the driver's methods, and its listeners' types are the driver's.
    stream: stream as unknown as Client['stream'],
    // The connection belongs to the base client.
    close: async () => {},
  };
  return Object.assign(Object.create(base) as Client, own);
}
