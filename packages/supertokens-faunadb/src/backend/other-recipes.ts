import type { RecipeInterface as AccountLinking } from 'supertokens-node/recipe/accountlinking';
import type { RecipeInterface as Multitenancy } from 'supertokens-node/recipe/multitenancy';
import { currentTokens } from './for-session.js';

// The constructors copy the SDK's functions onto the instances, so these implement the whole interface.
export interface AccountLinkingImplementation extends AccountLinking {}
export interface MultitenancyImplementation extends Multitenancy {}

/**
 * Overrides SuperTokens' account linking recipe so that the tokens of sessions that the Core ends are deleted: when a user
 * is deleted (`supertokens.deleteUser`, the dashboard), or accounts are linked or unlinked. It needs
 * `RecipeImplementation` in `Session.init`. It asks the Core for the user's sessions before, and for each session after.
 *
 * @throws FaunadbSessionError `CONFIG_INVALID`, from these functions, if `Session.init` has no `RecipeImplementation`.
 *
 * @example
 * ```ts
 * AccountLinking.init({
 *   override: { functions: (originalImplementation) => new AccountLinkingImplementation(originalImplementation) },
 * });
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor copies every function of the interface.
export class AccountLinkingImplementation {
  /**
   * Made by the override of the recipe.
   *
   * @param originalImplementation - the functions that the SDK gives to the override, and that these call.
   */
  constructor(originalImplementation: AccountLinking) {
    const overrides: Partial<AccountLinking> = {
      // The Core decides which of the linked accounts' sessions end with the user; the other sessions keep their tokens.
      deleteUser: (input) =>
        currentTokens().whileEnding({ userId: input.userId, linked: true }, input.userContext, () =>
          originalImplementation.deleteUser(input),
        ),
      linkAccounts: (input) => ofAccount(input, () => originalImplementation.linkAccounts(input)),
      unlinkAccount: (input) => ofAccount(input, () => originalImplementation.unlinkAccount(input)),
    };
    Object.assign(this, originalImplementation, overrides);
  }
}

/**
 * Overrides SuperTokens' multitenancy recipe so that the tokens of sessions that the Core ends are deleted when a user is
 * removed from a tenant. See {@link AccountLinkingImplementation} for its needs. The deletion of a tenant is not covered:
 * the Core cannot list the sessions of a tenant.
 *
 * @throws FaunadbSessionError `CONFIG_INVALID`, from these functions, if `Session.init` has no `RecipeImplementation`.
 *
 * @example
 * ```ts
 * Multitenancy.init({
 *   override: { functions: (originalImplementation) => new MultitenancyImplementation(originalImplementation) },
 * });
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor copies every function of the interface.
export class MultitenancyImplementation {
  /**
   * Made by the override of the recipe.
   *
   * @param originalImplementation - the functions that the SDK gives to the override, and that these call.
   */
  constructor(originalImplementation: Multitenancy) {
    const overrides: Partial<Multitenancy> = {
      disassociateUserFromTenant: (input) =>
        ofAccount(input, () => originalImplementation.disassociateUserFromTenant(input)),
    };
    Object.assign(this, originalImplementation, overrides);
  }
}

type AccountInput = Pick<Parameters<AccountLinking['unlinkAccount']>[0], 'recipeUserId' | 'userContext'>;

function ofAccount<T>({ recipeUserId, userContext }: AccountInput, work: () => Promise<T>): Promise<T> {
  return currentTokens().whileEnding({ userId: recipeUserId.getAsString(), linked: false }, userContext, work);
}
