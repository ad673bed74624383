import type { RecipeInterface as AccountLinking } from 'supertokens-node/recipe/accountlinking';
import type { RecipeInterface as Multitenancy } from 'supertokens-node/recipe/multitenancy';
import { currentTokens } from './for-session.js';

// The SDK's functions are copied onto the instances, so that they are whole RecipeInterfaces.
export interface AccountLinkingImplementation extends AccountLinking {}
export interface MultitenancyImplementation extends Multitenancy {}

/**
 * The functions of SuperTokens' account linking recipe, such that tokens end with the sessions that the Core ends by them:
 * when a user is deleted (`supertokens.deleteUser`, the dashboard), or accounts are linked or unlinked. It needs
 * `RecipeImplementation` in `Session.init`, and asks the Core for the sessions before, and once for each of them after.
 *
 * @throws FaunadbSessionError `CONFIG_INVALID`, from these functions, where `Session.init` is without `RecipeImplementation`.
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
      // Which of the linked accounts' sessions go with it is the Core's to decide: those that are left keep their tokens.
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
 * The functions of SuperTokens' multitenancy recipe, such that tokens end with the sessions that the Core ends when a user
 * is taken out of a tenant. Otherwise as {@link AccountLinkingImplementation}. A tenant's deletion is not covered: the Core
 * cannot tell the sessions of a tenant.
 *
 * @throws FaunadbSessionError `CONFIG_INVALID`, from these functions, where `Session.init` is without `RecipeImplementation`.
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
