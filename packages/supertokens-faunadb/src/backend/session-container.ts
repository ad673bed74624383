import type { Client } from 'faunadb';
import type { SessionContainer as PlainSessionContainer } from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import type { SessionTokens } from './session-tokens.js';

/** What {@link FaunadbSession.getFaunadbToken} takes. */
export interface GetFaunadbTokenOptions {
  /**
   * Asks FaunaDB whether the token still opens the database, and makes a new one where it does not (it was deleted
   * there, or its user's document was and is back). One query of FaunaDB. Default: false.
   */
  readonly checkAlive?: boolean;
}

/** What the integration adds to a session. */
export interface FaunadbSession {
  /**
   * The FaunaDB token of the session, alive. It is made anew where it has run out, or where FaunaDB was away when the
   * session was refreshed. Without `checkAlive` this asks neither FaunaDB nor the Core while the token travels in the
   * access token, and asks the Core once a request where it is kept in the session's data.
   *
   * @throws FaunadbSessionError where no token can be had: see its codes.
   */
  getFaunadbToken(options?: GetFaunadbTokenOptions): Promise<string>;

  /**
   * A `faunadb.Client` that queries as the session's user, with its current token. A query that meets a dead token is
   * repeated once, with a new one. Its streams live as long as the session, beyond the request: close them when they are
   * no longer wanted. They go on across refreshes, and end with an `error` event `SESSION_NOT_FOUND`.
   */
  getFaunaClient(): Promise<Client>;
}

/** A session as every function of the SDK gives it once {@link RecipeImplementation} is in place. */
export interface SessionContainer extends PlainSessionContainer, FaunadbSession {}

// With the integration in place every session is one of these, `req.session` of the SDK's own `SessionRequest` too.
declare module 'supertokens-node/lib/build/recipe/session/types' {
  interface SessionContainerInterface extends FaunadbSession {}
}

/** Adds the integration's methods to a session of the SDK. */
export function withFaunadb(
  session: PlainSessionContainer,
  tokens: SessionTokens,
  context: UserContext,
): SessionContainer {
  const place = tokens.placeOf(session, context);
  const added: FaunadbSession & Pick<PlainSessionContainer, 'mergeIntoAccessTokenPayload'> = {
    // A refresh meanwhile has put its token into the payload, which the session would lose, and nobody could find to delete.
    mergeIntoAccessTokenPayload: place.mergeIntoPayload,
    getFaunadbToken: ({ checkAlive = false } = {}) => tokens.token(place, checkAlive),
    getFaunaClient: () => tokens.client(place),
  };
  return Object.assign(session, added);
}
