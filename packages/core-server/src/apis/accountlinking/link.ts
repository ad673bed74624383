import { BadRequest } from '../../common/errors.js';
import { wholeAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { userInFull } from '../common/answer-login.js';
import { answerRefusal, LINKED_TO_ANOTHER } from './answer-refusal.js';

/** Whether a login method may be linked to a primary user. */
export const canLinkAccountsApi: Api = {
  path: '/recipe/accountlinking/user/link/check',
  get: async (request, core) => {
    const id = request.query.required('recipeUserId');
    const primaryId = request.query.required('primaryUserId');
    core.appOf(request);
    const checked = await core.accountLinking.canBeLinked(wholeAppOf(request, core), id, primaryId);
    if ('reason' in checked) return answerRefusal(checked, LINKED_TO_ANOTHER);
    return json({ status: 'OK', accountsAlreadyLinked: checked.isAlready });
  },
};

/** Links a login method to a primary user. */
export const linkAccountsApi: Api = {
  path: '/recipe/accountlinking/user/link',
  post: async (request, core) => {
    const input = request.body();
    const id = stringField(input, 'recipeUserId');
    const primaryId = stringField(input, 'primaryUserId');
    core.appOf(request);
    const linked = await core.accountLinking.link(wholeAppOf(request, core), id, primaryId);
    if ('reason' in linked) {
      const more = 'user' in linked ? { user: userInFull(linked.user, request) } : {};
      return answerRefusal(linked, LINKED_TO_ANOTHER, more);
    }
    return json({ status: 'OK', accountsAlreadyLinked: linked.isAlready, user: userInFull(linked.user, request) });
  },
};

/** Makes a linked login method a user of its own again. */
export const unlinkAccountApi: Api = {
  path: '/recipe/accountlinking/user/unlink',
  post: async (request, core) => {
    const id = stringField(request.body(), 'recipeUserId');
    core.appOf(request);
    const unlinked = await core.accountLinking.unlink(wholeAppOf(request, core), id);
    if (unlinked === undefined) throw new BadRequest('Unknown user ID provided');
    return json({ status: 'OK', wasRecipeUserDeleted: unlinked.wasRemoved, wasLinked: unlinked.wasLinked });
  },
};
