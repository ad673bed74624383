import type { Client } from 'faunadb';
import faunadb from 'faunadb';
import { SessionStream, type StreamTokens } from './session-stream.js';

/** Where a {@link sessionClient} has its token from. */
export interface TokenSource {
  /** The session's current token. */
  current(): Promise<string>;
  /** A token in place of one that FaunaDB no longer accepts. */
  renewed(dead: string): Promise<string>;
}

/** What a {@link sessionClient} is made of. */
export interface SessionClientParts {
  /** Sends the queries, each with a secret of its own. */
  readonly base: Client;
  /** Gives each query its source, which may remember whose query it is. */
  readonly sourceOfQuery: () => TokenSource;
  /** Gives each stream its source. */
  readonly sourceOfStream: () => StreamTokens;
}

/**
 * A client that queries with a session's current token, and repeats a query that met a dead one: once, with a new one. Its
 * streams live as long as the session.
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
  // `paginate` of the driver queries through these, and the transaction time that the base has seen stays shared.
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
