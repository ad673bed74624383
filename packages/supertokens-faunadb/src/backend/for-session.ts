import type { Client } from 'faunadb';
import type { UserContext } from 'supertokens-node/types';
import { FaunadbSessionError } from '../shared/errors.js';
import type { GetFaunadbTokenOptions } from './session-container.js';
import type { SessionTokens } from './session-tokens.js';

// The SDK keeps one session recipe a process. The symbol finds its tokens from the ESM and the CommonJS build alike.
const registry = globalThis as { [key: symbol]: SessionTokens | undefined };
const current = Symbol.for('supertokens-faunadb');

/** Makes these tokens the ones of the process. */
export function setCurrentTokens(tokens: SessionTokens): void {
  registry[current] = tokens;
}

/** The tokens of the process. */
export function currentTokens(): SessionTokens {
  const tokens = registry[current];
  if (tokens !== undefined) return tokens;
  throw new FaunadbSessionError('CONFIG_INVALID', 'supertokens-faunadb: Session.init is without RecipeImplementation.');
}

/**
 * The FaunaDB token of any session, by its handle, for work outside of a request: a queue, a scheduler, an
 * administrator's tool. It asks the Core once, and FaunaDB only where the token must be made anew.
 *
 * @param sessionHandle - as `session.getHandle()` gives it.
 * @throws FaunadbSessionError `SESSION_NOT_FOUND`, or why no token can be had.
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
 * A client that queries as the user of any session, by its handle: what `session.getFaunaClient()` is within a request. It
 * asks the Core what token the session has by now.
 *
 * @param sessionHandle - as `session.getHandle()` gives it.
 * @throws FaunadbSessionError `SESSION_NOT_FOUND` where there is no such session.
 *
 * @example
 * ```ts
 * const client = await getFaunaClientForSession(handle);
 * await client.query(q.Call('notify'));
 * ```
 */
export async function getFaunaClientForSession(sessionHandle: string): Promise<Client> {
  const client = await currentTokens().clientOfHandle(sessionHandle, {} as UserContext);
  if (client !== undefined) return client;
  throw new FaunadbSessionError('SESSION_NOT_FOUND', `There is no session with the handle "${sessionHandle}".`);
}
