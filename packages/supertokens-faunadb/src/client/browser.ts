import type { Client, ClientConfig } from 'faunadb';
import faunadb from 'faunadb';
import { FaunadbSessionError } from '../shared/errors.js';
import { sessionClient } from '../shared/session-client.js';

export { FaunadbSessionError, type FaunadbSessionErrorCode } from '../shared/errors.js';

/**
 * What a client needs of the frontend SDK: the default export of `supertokens-website`, or the session recipe of
 * `supertokens-web-js` or `supertokens-auth-react`.
 */
export interface FrontendSession {
  /** Whether a user is logged in. */
  doesSessionExist(): Promise<boolean>;
  /** The payload of the session's access token; rejects where there is no session. */
  getAccessTokenPayloadSecurely(): Promise<Record<string, unknown>>;
  /** Refreshes the session. Resolves to false where it has ended. */
  attemptRefreshingSession(): Promise<boolean>;
}

/** How often an open stream looks for another token of the session, in milliseconds: far within what a retired one lives. */
const WATCH_INTERVAL = 500;

/** The options of `faunadb.Client`, with the session in place of the secret. */
export interface FaunaClientOptions extends Omit<ClientConfig, 'secret'> {
  /** The frontend SDK's session, whose token each query uses. */
  readonly session: FrontendSession;
}

/**
 * A `faunadb.Client` that queries as the logged-in user, with the token in the session's access token payload. The
 * backend puts it there with `accessFaunadbTokenFromFrontend: true`.
 *
 * A query that FaunaDB answers 401 refreshes the session and is repeated, once. However many queries meet the 401 at
 * the same time, there is one refresh.
 *
 * Its streams (`client.stream`, `client.stream.document`) live as long as the session: they go on across refreshes with the
 * new token, and end with an `error` event `SESSION_NOT_FOUND`. After a gap they tell a `snapshot` event with `resumed: true`.
 * While one is open, the frontend SDK refreshes the session whenever its access token has run out.
 *
 * @throws FaunadbSessionError from each query: `SESSION_NOT_FOUND` while nobody is logged in, `FAUNADB_UNAVAILABLE` where the
 * payload has no token after a refresh either.
 *
 * @example
 * ```ts
 * import Session from 'supertokens-web-js/recipe/session';
 *
 * const client = createFaunaClient({ session: Session, domain: 'db.fauna.com' });
 * const posts = await client.query(q.Paginate(q.Match(q.Index('my_posts'))));
 * ```
 */
export function createFaunaClient({ session, ...options }: FaunaClientOptions): Client {
  // Each query brings its own secret: without one, FaunaDB answers 401.
  const clientWith = (secret: string) => new faunadb.Client({ ...options, secret });
  let refresh: Promise<boolean> | undefined;

  const sourceOfQuery = () => {
    let user: unknown;

    const inPayload = async (): Promise<string | undefined> => {
      if (!(await session.doesSessionExist())) throw noSession();
      const { faunadbToken, sub } = await session.getAccessTokenPayloadSecurely();
      // Somebody else may have logged in meanwhile: what one user asked for is not repeated as another.
      user ??= sub;
      if (sub !== user) throw noSession();
      return typeof faunadbToken === 'string' ? faunadbToken : undefined;
    };

    const renewed = async (dead: string | undefined): Promise<string> => {
      // Another query, or another tab, may have refreshed the session already.
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

/** The frontend plugin, as `supertokens-web-js` and `supertokens-auth-react` take it. */
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
 * {@link createFaunaClient} as a SuperTokens plugin: other plugins find the client under its `exports`.
 *
 * @example
 * ```ts
 * SuperTokens.init({
 *   experimental: { plugins: [faunadbPlugin({ session: Session, domain: 'db.fauna.com' })] },
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
