import { BadRequest } from '../../common/errors.js';
import { type Answer, json } from '../../http/answer.js';
import type { LinkingRefusalView } from '../../recipes/account-linking.js';

/**
 * Answers why login methods cannot be one user.
 *
 * @param linkedElsewhere the status and the description, where the login method is linked already
 * @throws BadRequest when there is no such user
 */
export function answerRefusal(
  refusal: LinkingRefusalView,
  linkedElsewhere: { readonly status: string; readonly description: string },
  more: object = {},
): Answer {
  switch (refusal.reason) {
    case 'unknown user':
      throw new BadRequest('Unknown user ID provided');
    case 'not primary':
      return json({ status: 'INPUT_USER_IS_NOT_A_PRIMARY_USER' });
    case 'linked to another': {
      const { status, description } = linkedElsewhere;
      return json({ status, primaryUserId: refusal.user.id, description, ...more });
    }
    case 'account info of another':
      return json({
        status: 'ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR',
        primaryUserId: refusal.userId,
        description: `This user's ${refusal.what} is already associated with another user ID`,
      });
  }
}

export const LINKED_ALREADY = {
  status: 'RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR',
  description: 'This user ID is already linked to another user ID',
};

export const LINKED_TO_ANOTHER = {
  status: 'RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR',
  description: 'The input recipe user ID is already linked to another user ID',
};
