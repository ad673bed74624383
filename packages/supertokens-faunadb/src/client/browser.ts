import type { Client, ClientConfig } from 'faunadb';
import faunadb from 'faunadb';
import { FaunadbSessionError } from '../shared/errors.js';
import { sessionClient } from '../shared/session-client.js';

export { FaunadbSessionError, type FaunadbSessionErrorCode } from '../shared/errors.js';

/**
 * The functions of the frontend SDK that a client uses. The default export of `supertokens-website` has them, and so does
 * the session recipe of `supertokens-web-js` or `supertokens-auth-react`.
 */
export interface FrontendSession {
  /** Whether a user is logged in. */
  doesSessionExist(): Promise<boolean>;
  /** The payload of the session's access token; rejects where there is no session. */
  getAccessTokenPayloadSecurely(): Promise<Record<string, unknown>>;
  /** Refreshes the session. Resolves to false where it has ended. */
  attemptRefreshingSession(): Promise<boolean>;
}

/** How often an open stream checks for a new token, in milliseconds: far less than a replaced token's grace period. */
const WATCH_INTERVAL = 500;

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
  // Each query sets its own secret; the base client has none.
  const clientWith = (secret: string) => new faunadb.Client({ ...options, secret });
  let refresh: Promise<boolean> | undefined;

  const sourceOfQuery = () => {
    let user: unknown;

    const inPayload = async (): Promise<string | undefined> => {
      if (!(await session.doesSessionExist())) throw noSession();
      const { faunadbToken, sub } = await session.getAccessTokenPayloadSecurely();
      // Another user may have logged in meanwhile: never retry one user's query as another user.
      user ??= sub;
      if (sub !== user) throw noSession();
      return typeof faunadbToken === 'string' ? faunadbToken : undefined;
    };

    const renewed = async (dead: string | undefined): Promise<string> => {
      // Another query or another tab may already have refreshed the session.
      const present = await inPayload();
      if (present !== undefined && present !== dead) return present;
      refresh ??= session.attemptRefreshingSession().finally(() => {
        refresh = undefined;
      });
      if (!(await refresh)) throw noSession();
      const secret = await inPayload();
      if (secret !== undefined) return secret;
      throw new FaunadbSessionError(
        'FAUNADB_UNAVAILABLE',
        'The access token payload has no faunadbToken: FaunaDB could not be reached by the backend, or the backend is without accessFaunadbTokenFromFrontend.',
      );
    };

    return { current: async () => (await inPayload()) ?? renewed(undefined), renewed };
  };
  return sessionClient({
    base: clientWith(''),
    sourceOfQuery,
    sourceOfStream: () => ({
      ...sourceOfQuery(),
      clientWith,
      watch: (changed) => {
        const timer = setInterval(changed, WATCH_INTERVAL);
        return () => clearInterval(timer);
      },
    }),
  });
}

function noSession(): FaunadbSessionError {
  return new FaunadbSessionError('SESSION_NOT_FOUND', 'Nobody is logged in.');
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
