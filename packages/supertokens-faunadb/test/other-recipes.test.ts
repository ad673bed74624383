import faunadb from 'faunadb';
import supertokens, { convertToRecipeUserId } from 'supertokens-node';
import AccountLinking, { type RecipeInterface } from 'supertokens-node/recipe/accountlinking';
import EmailPassword from 'supertokens-node/recipe/emailpassword';
import Multitenancy from 'supertokens-node/recipe/multitenancy';
import Session from 'supertokens-node/recipe/session';
import { beforeAll, expect, it } from 'vitest';
import { faunadbPlugin } from '../src/backend/plugin.js';
import { AccountLinkingImplementation } from '../src/index.js';
import { provideFixture } from './support/fixture.js';
import { initialise } from './support/supertokens.js';

const q = faunadb.query;

const fixture = provideFixture();
/** The document of everybody. */
let document: string;

beforeAll(async () => {
  document = await fixture.database.createUser();
  initialise(
    fixture.deployment.supertokensUri,
    {},
    {
      recipeList: [EmailPassword.init()],
      experimental: {
        plugins: [
          faunadbPlugin({
            userRef: () => q.Ref(q.Collection(fixture.database.collection), document),
            faunaDBClient: fixture.database.client,
          }),
        ],
      },
    },
  );
});

async function signUp() {
  const email = `${Math.random().toString(36).slice(2)}@example.com`;
  const answer = await EmailPassword.signUp('public', email, 'correct horse 1');
  if (answer.status !== 'OK') throw new Error(answer.status);
  return answer;
}

const login = (recipeUserId = convertToRecipeUserId('somebody')) =>
  Session.createNewSessionWithoutRequestResponse('public', recipeUserId);

const isAlive = async (token: string) => (await fixture.database.identity(token)) !== undefined;

it('a user who is deleted loses the tokens of all sessions when the call returns, and nobody else does', async () => {
  const { user, recipeUserId } = await signUp();
  const tokens = [
    await (await login(recipeUserId)).getFaunadbToken(),
    await (await login(recipeUserId)).getFaunadbToken(),
  ];
  const others = await (await login()).getFaunadbToken();
  await supertokens.deleteUser(user.id);
  expect(await Promise.all(tokens.map(isAlive))).toEqual([false, false]);
  expect(await isAlive(others)).toBe(true);
});

it('a user who is taken out of a tenant loses the tokens of the sessions that the Core ends by it', async () => {
  const { recipeUserId } = await signUp();
  const session = await login(recipeUserId);
  const token = await session.getFaunadbToken();
  // A real Core without a licence for tenants refuses, and the session stays.
  await Multitenancy.disassociateUserFromTenant('public', recipeUserId).catch((error: Error) =>
    expect(error.message).toContain('license key'),
  );
  const isLeft = (await Session.getSessionInformation(session.getHandle())) !== undefined;
  expect(await isAlive(token)).toBe(isLeft);
});

it.each(['linkAccounts', 'unlinkAccount'] as const)(
  '%s ends tokens with the sessions that the Core ends',
  async (name) => {
    const ended = await login(convertToRecipeUserId('ended'));
    const left = await login(convertToRecipeUserId('ended'));
    const tokens = [await ended.getFaunadbToken(), await left.getFaunadbToken()];
    // Only the real Core links accounts, and that with a licence; these do with sessions what it does.
    const end = async () => {
      await fixture.plain.revokeSession({ sessionHandle: ended.getHandle(), userContext: {} as never });
      throw new Error('The answer is lost.');
    };
    const functions = new AccountLinkingImplementation({
      linkAccounts: end,
      unlinkAccount: end,
    } as unknown as RecipeInterface);
    const input = { recipeUserId: convertToRecipeUserId('ended'), primaryUserId: 'primary', userContext: {} as never };
    await expect(functions[name](input)).rejects.toThrow('The answer is lost.');
    expect(await Promise.all(tokens.map(isAlive))).toEqual([false, true]);
  },
);

it('a failure of the Core before anything is done passes through', async () => {
  await expect(AccountLinking.unlinkAccount(convertToRecipeUserId(''))).rejects.toThrow();
});
