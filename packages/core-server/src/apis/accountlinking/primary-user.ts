import { wholeAppOf } from '../../core/whole-app.js';
import { json } from '../../http/answer.js';
import type { Api } from '../../http/api.js';
import { stringField } from '../../json/input.js';
import { userInFull } from '../common/answer-login.js';
import { answerRefusal, LINKED_ALREADY } from './answer-refusal.js';

/** Whether a login method may become a primary user. */
export const canCreatePrimaryUserApi: Api = {
  path: '/recipe/accountlinking/user/primary/check',
  get: async (request, core) => {
    const id = request.query.required('recipeUserId');
    core.appOf(request);
    const checked = await core.accountLinking.canBePrimary(wholeAppOf(request, core), id);
    if ('reason' in checked) return answerRefusal(checked, LINKED_ALREADY);
    return json({ status: 'OK', wasAlreadyAPrimaryUser: checked.isAlready });
  },
};

/** Makes a login method a primary user, to whom others can be linked. */
export const createPrimaryUserApi: Api = {
  path: '/recipe/accountlinking/user/primary',
  post: async (request, core) => {
    const id = stringField(request.body(), 'recipeUserId');
    core.appOf(request);
    const made = await core.accountLinking.makePrimary(wholeAppOf(request, core), id);
    if ('reason' in made) return answerRefusal(made, LINKED_ALREADY);
    return json({ status: 'OK', wasAlreadyAPrimaryUser: made.isAlready, user: userInFull(made.user, request) });
  },
};
