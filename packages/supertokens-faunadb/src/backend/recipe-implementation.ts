import type { RecipeInterface } from 'supertokens-node/recipe/session';
import { Error as SessionError } from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import { logDebugMessage } from '../shared/debug.js';
import { setCurrentTokens } from './for-session.js';
import { type FaunadbSessionOptions, settingsFrom } from './options.js';
import { uncached } from './place.js';
import { withFaunadb } from './session-container.js';
import { SessionTokens } from './session-tokens.js';
import { merge, noRecord, othersPart, ownPart, refreshId } from './token-record.js';

// The SDK's functions are copied onto the instance, so that it is a whole RecipeInterface.
export interface RecipeImplementation extends RecipeInterface {}

/**
 * Overrides SuperTokens' session recipe so that every session carries a FaunaDB token. The token is created with the
 * session, replaced when the session is refreshed, and deleted when it ends. Pass it to `Session.init` as the override
 * of `functions`. Each overridden function calls the original, so other overrides can be applied before or after it.
 *
 * @example
 * ```ts
 * Session.init({
 *   override: {
 *     functions: (originalImplementation) =>
 *       new RecipeImplementation(originalImplementation, {
 *         userCollectionName: 'users',
 *         accessFaunadbTokenFromFrontend: true,
 *         faunaDBClient: new faunadb.Client({ secret: process.env.FAUNADB_SECRET }),
 *       }),
 *   },
 * });
 * ```
 *
 * @throws FaunadbSessionError `CONFIG_INVALID` if an option is missing, unknown or invalid.
 * @see https://supertokens.com/docs/references/plugins-and-overrides for overrides in general
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor copies every function of the interface.
export class RecipeImplementation {
  /**
   * Made by the override of the recipe, once a process.
   *
   * @param originalImplementation - the functions that the SDK gives to the override, and that these call.
   * @param options - see {@link FaunadbSessionOptions}.
   */
  constructor(originalImplementation: RecipeInterface, options: FaunadbSessionOptions) {
    const tokens = new SessionTokens(originalImplementation, settingsFrom(options));
    setCurrentTokens(tokens);
    // The SDK reads own properties only, and calls them with its own `this`.
    Object.assign(this, originalImplementation, overrides(originalImplementation, tokens));
  }
}

function overrides(original: RecipeInterface, tokens: SessionTokens): Partial<RecipeInterface> {
  /** Revokes sessions, then deletes their tokens: a session must end even while FaunaDB is unavailable. */
  const revoking = async <T>(
    handles: readonly string[],
    context: UserContext,
    revoke: () => Promise<T>,
  ): Promise<T> => {
    const known = await tokens.sessions(handles, context);
    let revoked: T;
    try {
      revoked = await revoke();
    } catch (error) {
      // The Core may have revoked them although the call failed.
      void tokens.maybeEnded(known);
      throw error;
    }
    await tokens.ended(known);
    return revoked;
  };

  const revokeSession: RecipeInterface['revokeSession'] = (input) =>
    revoking([input.sessionHandle], input.userContext, () => original.revokeSession(input));

  const revokeMultipleSessions: RecipeInterface['revokeMultipleSessions'] = (input) =>
    revoking(input.sessionHandles, input.userContext, () => original.revokeMultipleSessions(input));

  return {
    async createNewSession(input) {
      return withFaunadb(await tokens.create(input), tokens, input.userContext);
    },

    async getSession(input) {
      const session = await original.getSession(input);
      return session && withFaunadb(session, tokens, input.userContext);
    },

    async refreshSession(input) {
      try {
        const session = await original.refreshSession(input);
        await tokens.refreshed(session, refreshId(input.refreshToken), input.userContext);
        return withFaunadb(session, tokens, input.userContext);
      } catch (error) {
        // The SDK revokes a stolen session in its error handler, which the application may have replaced.
        if (isTheft(error)) {
          const { sessionHandle } = error.payload;
          await revokeSession({ sessionHandle, userContext: input.userContext }).catch((failure) =>
            logDebugMessage(`session ${sessionHandle} could not be revoked for theft: ${String(failure)}`),
          );
        }
        throw error;
      }
    },

    revokeSession,
    revokeMultipleSessions,

    async revokeAllSessionsForUser({ revokeSessionsForLinkedAccounts, revokeAcrossAllTenants, ...input }) {
      // List the sessions first and revoke only those: the tokens of a session created later could not be found.
      const sessionHandles = await original.getAllSessionHandlesForUser({
        ...input,
        fetchSessionsForAllLinkedAccounts: revokeSessionsForLinkedAccounts,
        ...(revokeAcrossAllTenants === undefined ? {} : { fetchAcrossAllTenants: revokeAcrossAllTenants }),
        userContext: uncached(input.userContext),
      });
      if (sessionHandles.length === 0) return [];
      return revokeMultipleSessions({ sessionHandles, userContext: input.userContext });
    },

    mergeIntoAccessTokenPayload: (input) =>
      original.mergeIntoAccessTokenPayload({
        ...input,
        accessTokenPayloadUpdate: othersPart(input.accessTokenPayloadUpdate),
      }),

    async updateSessionDataInDatabase(input) {
      // The application replaces all of the session's data and does not know about our part.
      const [known] = await tokens.sessions([input.sessionHandle], input.userContext);
      const own = { ...noRecord, ...ownPart(known?.sessionDataInDatabase) };
      return original.updateSessionDataInDatabase({ ...input, newSessionData: merge(input.newSessionData, own) });
    },
  };
}

function isTheft(error: unknown): error is Error & { payload: { sessionHandle: string } } {
  return SessionError.isErrorFromSuperTokens(error) && error.type === SessionError.TOKEN_THEFT_DETECTED;
}
