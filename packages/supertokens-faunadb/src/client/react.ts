import type { Client } from 'faunadb';
import { useState } from 'react';
import { createFaunaClient, type FaunaClientOptions } from './browser.js';

/**
 * {@link createFaunaClient} as a React hook: the same client for as long as the component lives.
 *
 * @example
 * ```tsx
 * import Session from 'supertokens-auth-react/recipe/session';
 *
 * const client = useFaunaClient({ session: Session });
 * ```
 */
export function useFaunaClient(options: FaunaClientOptions): Client {
  const [client] = useState(() => createFaunaClient(options));
  return client;
}
