import type { Client, ClientConfig } from 'faunadb';
import faunadb from 'faunadb';
import { sessionClient } from '../fauna/fql4/session-client.js';
import { type FrontendSession, tokensOf } from './frontend-session.js';

export { FaunadbSessionError, type FaunadbSessionErrorCode } from '../shared/errors.js';
export type { FrontendSession } from './frontend-session.js';

/** The options of `faunadb.Client`, with the session in place of the secret. */
export interface FaunaClientOptions extends Omit<ClientConfig, 'secret'> {
  /** The frontend SDK's session, whose token each query uses. */
  readonly session: FrontendSession;
}

/**
 * Creates a `faunadb.Client` that queries as the logged-in user, with the token in the access token's payload. The
 * backend must set `accessFaunadbTokenFromFrontend: true`.
 *
 * If FaunaDB answers a query with 401, the client refreshes the session and retries the query once. Queries that get a
 * 401 at the same time share one refresh.
 *
 * Its streams (`client.stream`, `client.stream.document`) last as long as the session: they continue across refreshes with
 * the new token, and end with an `error` event `SESSION_NOT_FOUND`. After a gap they emit a `snapshot` event with
 * `resumed: true`. While a stream is open, the frontend SDK refreshes the session whenever the access token has expired.
 *
 * @throws FaunadbSessionError from each query: `SESSION_NOT_FOUND` while nobody is logged in, `FAUNADB_UNAVAILABLE` where the
 * payload has no token after a refresh either.
 *
 * @example
 * ```ts
 * import Session from 'supertokens-web-js/recipe/session';
 *
 * const client = createFaunaClient({ session: Session, endpoint: 'https://fauna.example.com' });
 * const posts = await client.query(q.Paginate(q.Match(q.Index('my_posts'))));
 * ```
 */
export function createFaunaClient({ session, ...options }: FaunaClientOptions): Client {
  const clientWith = (secret: string) => new faunadb.Client({ ...options, secret });
  // Each query sets its own secret; the base client has none.
  return sessionClient({ base: clientWith(''), ...tokensOf(session), clientWith });
}

/** The frontend plugin for `supertokens-web-js` and `supertokens-auth-react`. */
export interface FaunadbFrontendPlugin {
  /** The plugin's name, which no other plugin may have. */
  readonly id: string;
  /** The recipes that the plugin works with. */
  readonly overrideMap: {
    /** The session recipe. */
    readonly session: {
      /** The SDK refuses the plugin where `Session.init` is missing. */
      readonly recipeInitRequired: true;
    };
  };
  /** What other plugins find. */
  readonly exports: {
    /** Queries as the logged-in user. */
    readonly faunaClient: Client;
  };
}

/**
 * {@link createFaunaClient} as a SuperTokens plugin. Other plugins find the client in its `exports`.
 *
 * @example
 * ```ts
 * SuperTokens.init({
 *   experimental: { plugins: [faunadbPlugin({ session: Session, endpoint: 'https://fauna.example.com' })] },
 *   recipeList: [Session.init()],
 *   // …
 * });
 * ```
 */
export function faunadbPlugin(options: FaunaClientOptions): FaunadbFrontendPlugin {
  return {
    id: 'supertokens-faunadb',
    overrideMap: { session: { recipeInitRequired: true } },
    exports: { faunaClient: createFaunaClient(options) },
  };
}
