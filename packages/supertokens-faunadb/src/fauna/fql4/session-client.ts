import type { Client } from 'faunadb';
import { type SessionClientParts, withToken } from '../base/token-source.js';
import { SessionStream } from './session-stream.js';

/** The parts of a client of `faunadb`. */
export interface Fql4ClientParts extends SessionClientParts<Client> {
  /** Creates a client with this secret: the driver opens streams only with the client's own secret. */
  readonly clientWith: (secret: string) => Client;
}

/**
 * Creates a client that queries with a session's current token. If FaunaDB rejects the token, it retries the query once with
 * a new one. Its streams last as long as the session.
 */
export function sessionClient({ base, sourceOfQuery, sourceOfStream, clientWith }: Fql4ClientParts): Client {
  const streamOf =
    (kind: 'stream' | 'document') =>
    (...[expression, options]: Parameters<Client['stream']>) =>
      new SessionStream({ tokens: sourceOfStream(), clientWith, expression, options, kind });
  const stream = Object.assign(streamOf('stream'), { document: streamOf('document') });
  // The driver's `paginate` uses these methods. All clients share the transaction time that the base has seen.
  const own: Pick<Client, 'query' | 'queryWithMetrics' | 'stream' | 'close'> = {
    query: (expression, options) =>
      withToken(sourceOfQuery(), (secret) => base.query(expression, { ...options, secret })),
    queryWithMetrics: (expression, options) =>
      withToken(sourceOfQuery(), (secret) => base.queryWithMetrics(expression, { ...options, secret })),
    // The subscription has the driver's methods, and its listeners' types are the driver's.
    stream: stream as unknown as Client['stream'],
    // The connection belongs to the base client.
    close: async () => {},
  };
  return Object.assign(Object.create(base) as Client, own);
}
