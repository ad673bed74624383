import type { UserContext } from 'supertokens-node/types';
import type { DefaultFaunaClient, FaunaClient } from '../fauna/base/types.js';
import { FaunadbSessionError } from '../shared/errors.js';
import type { GetFaunadbTokenOptions } from './session-container.js';
import type { SessionTokens } from './session-tokens.js';

// The SDK has one session recipe per process. The ESM and the CommonJS build share its tokens through this symbol.
const registry = globalThis as { [key: symbol]: SessionTokens | undefined };
const current = Symbol.for('supertokens-faunadb');

/** Sets the tokens of this process. */
export function setCurrentTokens(tokens: SessionTokens): void {
  registry[current] = tokens;
}

/** The tokens of this process. */
export function currentTokens(): SessionTokens {
  const tokens = registry[current];
  if (tokens !== undefined) return tokens;
  throw new FaunadbSessionError(
    'CONFIG_INVALID',
    'supertokens-faunadb: Session.init does not use RecipeImplementation.',
  );
}

/**
 * Returns the FaunaDB token of any session, by its handle, for work outside a request: a queue, a scheduler, an admin
 * tool. It asks the Core once, and FaunaDB only if a new token is needed.
 *
 * @param sessionHandle - as returned by `session.getHandle()`.
 * @throws FaunadbSessionError `SESSION_NOT_FOUND` if there is no such session, or another code if no token can be created.
 *
 * @example
 * ```ts
 * for (const handle of await Session.getAllSessionHandlesForUser(userId)) {
 *   const secret = await getFaunadbTokenForSession(handle);
 *   await client.query(q.Call('notify'), { secret });
 * }
 * ```
 */
export async function getFaunadbTokenForSession(
  sessionHandle: string,
  { checkAlive = false }: GetFaunadbTokenOptions = {},
): Promise<string> {
  const token = await currentTokens().tokenOfHandle(sessionHandle, checkAlive, {} as UserContext);
  if (token !== undefined) return token;
  throw new FaunadbSessionError('SESSION_NOT_FOUND', `There is no session with the handle "${sessionHandle}".`);
}

/**
 * Returns a client that queries as the user of any session, by its handle: `session.getFaunaClient()` for work outside a
 * request. It asks the Core for the session's current token.
 *
 * @param sessionHandle - as returned by `session.getHandle()`.
 * @throws FaunadbSessionError `SESSION_NOT_FOUND` if there is no such session.
 *
 * @example
 * ```ts
 * const client = await getFaunaClientForSession(handle);
 * await client.query(q.Call('notify'));
 * ```
 */
export async function getFaunaClientForSession<C extends FaunaClient = DefaultFaunaClient>(
  sessionHandle: string,
): Promise<C> {
  const client = await currentTokens().clientOfHandle(sessionHandle, {} as UserContext);
  if (client !== undefined) return client as C;
  throw new FaunadbSessionError('SESSION_NOT_FOUND', `There is no session with the handle "${sessionHandle}".`);
}
