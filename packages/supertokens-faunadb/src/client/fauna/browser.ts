import { Client, type ClientConfiguration } from 'fauna';
import { sessionClient } from '../../fauna/fql10/session-client.js';
import { type FrontendSession, tokensOf } from '../frontend-session.js';

export { FaunadbSessionError, type FaunadbSessionErrorCode } from '../../shared/errors.js';
export type { FrontendSession } from '../frontend-session.js';

/** The options of the driver's `Client`, with the session in place of the secret. */
export interface FaunaClientOptions extends Omit<ClientConfiguration, 'secret'> {
  /** The frontend SDK's session, whose token each query uses. */
  readonly session: FrontendSession;
}

/**
 * Creates a `Client` of the driver `fauna` that queries as the logged-in user, with the token in the access token's payload. The
 * backend must set `accessFaunadbTokenFromFrontend: true`.
 *
 * If FaunaDB answers a query with 401, the client refreshes the session and retries the query once. Queries that get a
 * 401 at the same time share one refresh.
 *
 * Its streams and feeds last as long as the session: they continue across refreshes with the new token, at the cursor of their
 * last event, and end with an error `SESSION_NOT_FOUND`. While a stream is open, the frontend SDK refreshes the session whenever
 * the access token has expired.
 *
 * @throws FaunadbSessionError from each query: `SESSION_NOT_FOUND` while nobody is logged in, `FAUNADB_UNAVAILABLE` where the
 * payload has no token after a refresh either.
 *
 * @example
 * ```ts
 * import Session from 'supertokens-web-js/recipe/session';
 *
 * const client = createFaunaClient({ session: Session, endpoint: new URL('https://fauna.example.com') });
 * const { data: posts } = await client.query(fql`posts.byAuthor(Query.identity())`);
 * ```
 */
export function createFaunaClient({ session, ...options }: FaunaClientOptions): Client {
  // Each query sets its own secret; the base client has none.
  return sessionClient({ base: new Client({ ...options, secret: '' }), ...tokensOf(session) });
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
 *   experimental: { plugins: [faunadbPlugin({ session: Session, endpoint: new URL('https://fauna.example.com') })] },
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
