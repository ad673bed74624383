import type { Client, Expr } from 'faunadb';
import type { Language } from '../base/language.js';
import { clientWith, endpointOf } from './client-with.js';
import { operatorQueries } from './operator-queries.js';
import { sessionClient } from './session-client.js';
import { tokenQueries } from './token-queries.js';

/** FQL v4, with the driver `faunadb`. */
export const fql4: Language = {
  name: 'FQL v4',
  isQuery: (value) => typeof value === 'object' && value !== null && !('encode' in value),
  run: (client: Client, query: Expr, { secret, timeout, signal }) =>
    client.query(query, { signal, queryTimeout: timeout, ...(secret === undefined ? {} : { secret }) }),
  together: (queries: readonly Expr[]) => queries as unknown as Expr,
  endpointOf,
  // A connection that failed would never close by itself.
  close: (client: Client) => client.close({ force: true }),
  sessionClient: (parts) => {
    const base = parts.base as Client;
    return sessionClient({ ...parts, base, clientWith: (secret) => clientWith(base, secret) });
  },
  tokens: tokenQueries,
  operator: operatorQueries,
};
