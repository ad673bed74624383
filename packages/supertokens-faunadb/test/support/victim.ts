// A process to be killed: logs a user in or refreshes a session, through the servers whose addresses it is given.

import faunadb from 'faunadb';
import { convertToRecipeUserId } from 'supertokens-node';
import { RecipeImplementation } from '../../src/index.js';
import { plainRecipe } from './supertokens.js';

const [connectionURI = '', endpoint = '', secret = '', userId = '', refreshToken = ''] = process.argv.slice(2);
const recipe = new RecipeImplementation(plainRecipe(connectionURI), {
  userCollectionName: 'users',
  accessFaunadbTokenFromFrontend: true,
  faunaDBClient: new faunadb.Client({ endpoint, secret }),
});
const common = { disableAntiCsrf: true, userContext: {} as never };
if (refreshToken !== '') await recipe.refreshSession({ ...common, refreshToken });
else {
  const recipeUserId = convertToRecipeUserId(userId);
  await recipe.createNewSession({ ...common, userId, recipeUserId, tenantId: 'public' });
}
