import type { Client, FeedClient, QueryValue, StreamClient } from 'fauna';
import { type SessionClientParts, withToken } from '../base/token-source.js';
import { SessionFeed } from './session-feed.js';
import { SessionStream } from './session-stream.js';

/**
 * Creates a client that queries with a session's current token. If FaunaDB rejects the token, it retries the query once with
 * a new one. Its streams and feeds last as long as the session.
 */
export function sessionClient({ base, sourceOfQuery, sourceOfStream }: SessionClientParts<Client>): Client {
  const query: Client['query'] = (query, options) =>
    withToken(sourceOfQuery(), (secret) => base.query(query, { ...options, secret }));
  // The driver's `paginate` uses these methods. All clients share the transaction time that the base has seen.
  const own: Omit<Client, 'paginate'> = {
    query,
    // These have the methods of the driver's classes, whose private fields keep them from being assignable.
    stream: <T extends QueryValue>(...[source, options]: Parameters<Client['stream']>) =>
      new SessionStream({ base, tokens: sourceOfStream(), source, options }) as unknown as StreamClient<T>,
    feed: <T extends QueryValue>(...[source, options]: Parameters<Client['feed']>) =>
      new SessionFeed({ base, sourceOfQuery, source, options }) as unknown as FeedClient<T>,
    // The connection belongs to the base client.
    close() {},
    get clientConfiguration() {
      // Not the base client's secret, which may do more than the session's user.
      return { ...base.clientConfiguration, secret: '' };
    },
    get lastTxnTs() {
      return base.lastTxnTs;
    },
    set lastTxnTs(time) {
      base.lastTxnTs = time;
    },
  };
  return Object.create(base, Object.getOwnPropertyDescriptors(own)) as Client;
}
