import type { Client } from 'faunadb';
import faunadb from 'faunadb';

/** The driver's private fields that hold its options. */
interface DriverInternals {
  readonly _http: { readonly _baseUrl: string; _adapter: unknown };
}

/**
 * Creates a client for the same database, over the same connections, with another secret. The driver accepts a secret for
 * each query, but a stream always uses its client's.
 */
export function clientWith(client: Client, secret: string): Client {
  const { _http: theirs } = client as unknown as DriverInternals;
  const other = new faunadb.Client({ endpoint: theirs._baseUrl, secret });
  (other as unknown as DriverInternals)._http._adapter = theirs._adapter;
  return other;
}
