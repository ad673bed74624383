import { type Client, fql, type Query } from 'fauna';
import type { Language } from '../base/language.js';
import { isQuery, operatorQueries } from './operator-queries.js';
import { sessionClient } from './session-client.js';
import { block, tokenQueries } from './token-queries.js';

/** FQL v10, with the driver `fauna`. */
export const fql10: Language = {
  name: 'FQL v10',
  isQuery,
  async run(client: Client, query: Query, { secret, timeout, signal }) {
    const options = {
      query_timeout_ms: timeout,
      // Whatever the client's own settings are. The queries are right as they are, and checking their types takes time.
      format: 'tagged',
      long_type: 'number',
      typecheck: false,
      ...(secret === undefined ? {} : { secret }),
    } as const;
    // The driver takes no signal: it ends a request itself, some seconds after FaunaDB should have answered.
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    return (await Promise.race([client.query(query, options), ended])).data;
  },
  together: (queries: readonly Query[]) => fql`${queries.map(block)}`,
  endpointOf: (client: Client) => String(client.clientConfiguration.endpoint),
  close: async (client: Client) => client.close(),
  sessionClient: (parts) => sessionClient({ ...parts, base: parts.base as Client }),
  tokens: tokenQueries,
  operator: operatorQueries,
};
