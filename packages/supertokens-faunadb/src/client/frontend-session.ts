import type { StreamTokens, TokenSource } from '../fauna/base/token-source.js';
import { FaunadbSessionError } from '../shared/errors.js';

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

/** Where the clients of a page get the tokens of its session. Queries that get a 401 at the same time share one refresh. */
export function tokensOf(session: FrontendSession): {
  sourceOfQuery: () => TokenSource;
  sourceOfStream: () => StreamTokens;
} {
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
  const watch = (changed: () => void) => {
    const timer = setInterval(changed, WATCH_INTERVAL);
    return () => clearInterval(timer);
  };
  return { sourceOfQuery, sourceOfStream: () => ({ ...sourceOfQuery(), watch }) };
}

function noSession(): FaunadbSessionError {
  return new FaunadbSessionError('SESSION_NOT_FOUND', 'Nobody is logged in.');
}
