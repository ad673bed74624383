import type { SessionContainer as PlainSessionContainer } from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import type { DefaultFaunaClient, FaunaClient } from '../fauna/base/types.js';
import type { SessionTokens } from './session-tokens.js';

/** The options of {@link FaunadbSession.getFaunadbToken}. */
export interface GetFaunadbTokenOptions {
  /**
   * Asks FaunaDB whether the token is still valid, and creates a new one if not (the token was deleted, or its user's
   * document was deleted and created again). Costs one FaunaDB query. Default: false.
   */
  readonly checkAlive?: boolean;
}

/** What the integration adds to a session. */
export interface FaunadbSession {
  /**
   * Returns a valid FaunaDB token of the session. It creates a new one if the token has expired, or if FaunaDB was
   * unavailable when the session was refreshed. Without `checkAlive`, this asks neither FaunaDB nor the Core if the access
   * token carries the token, and asks the Core once per access token if the session's data hold it.
   *
   * @throws FaunadbSessionError if no token can be returned; see its codes.
   */
  getFaunadbToken(options?: GetFaunadbTokenOptions): Promise<string>;

  /**
   * Returns a client that queries as the session's user, with the session's current token. It is of the driver that
   * `faunaDBClient` is of. If FaunaDB rejects the token, the query is retried once with a new one. Its streams outlive the
   * request: close them when you no longer need them. They continue across refreshes, and end with an error
   * `SESSION_NOT_FOUND` when the session ends.
   *
   * Its type is that of the installed driver. If both drivers are installed, it is that of `faunadb`: name the other.
   *
   * @example
   * ```ts
   * import type { Client } from 'fauna';
   *
   * const client = await session.getFaunaClient<Client>();
   * ```
   */
  getFaunaClient<C extends FaunaClient = DefaultFaunaClient>(): Promise<C>;
}

/** A session as the SDK's functions return it once {@link RecipeImplementation} is installed. */
export interface SessionContainer extends PlainSessionContainer, FaunadbSession {}

// With the integration installed every session has these methods, including `req.session` of the SDK's `SessionRequest`.
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
    // The SDK's own merge would overwrite a token that a concurrent refresh put into the payload, and orphan it.
    mergeIntoAccessTokenPayload: place.mergeIntoPayload,
    getFaunadbToken: ({ checkAlive = false } = {}) => tokens.token(place, checkAlive),
    getFaunaClient: <C extends FaunaClient>() => tokens.client(place) as Promise<C>,
  };
  return Object.assign(session, added);
}
