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

/** The address that a client sends queries to. */
export function endpointOf(client: Client): string {
  const { _http } = client as unknown as Partial<DriverInternals>;
  return _http?._baseUrl ?? 'its address';
}
