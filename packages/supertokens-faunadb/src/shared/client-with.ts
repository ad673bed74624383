import type { Client } from 'faunadb';
import faunadb from 'faunadb';

/** What the driver keeps of its options, by its own names. */
interface DriverInternals {
  readonly _http: { readonly _baseUrl: string; _adapter: unknown };
}

/**
 * A client of the same database over the same connections, with another secret. A query of the driver may bring its own
 * secret, but a stream has always that of its client.
 */
export function clientWith(client: Client, secret: string): Client {
  const { _http: theirs } = client as unknown as DriverInternals;
  const other = new faunadb.Client({ endpoint: theirs._baseUrl, secret });
  (other as unknown as DriverInternals)._http._adapter = theirs._adapter;
  return other;
}
