import { createHash } from 'node:crypto';
import faunadb from 'faunadb';
import supertokens, { type RecipeUserId } from 'supertokens-node';
import AccountLinking, { type RecipeInterface } from 'supertokens-node/recipe/accountlinking';
import EmailPassword from 'supertokens-node/recipe/emailpassword';
import Multitenancy from 'supertokens-node/recipe/multitenancy';
import Passwordless from 'supertokens-node/recipe/passwordless';
import Session from 'supertokens-node/recipe/session';
import ThirdParty from 'supertokens-node/recipe/thirdparty';
import type { UserContext } from 'supertokens-node/types';
import { beforeAll, expect, it, type TestContext } from 'vitest';
import { faunadbPlugin } from '../src/backend/plugin.js';
import { AccountLinkingImplementation } from '../src/index.js';
import { provideFixture } from './support/fixture.js';
import { initialise, internal } from './support/supertokens.js';

const q = faunadb.query;

const fixture = provideFixture();
/** The functions of account linking without the integration. */
let plainLinking: RecipeInterface;

const documentId = (userId: string) =>
  (createHash('sha256').update(userId).digest().readBigUInt64BE() >> 2n).toString();

beforeAll(() => {
  const recipe = internal<{ getInstanceOrThrowError(): { recipeInterfaceImpl: RecipeInterface } }>(
    'recipe/accountlinking/recipe',
  );
  plainLinking = recipe.getInstanceOrThrowError().recipeInterfaceImpl;
  initialise(
    fixture.deployment.supertokensUri,
    {},
    {
      recipeList: [
        EmailPassword.init(),
        ThirdParty.init(),
        Passwordless.init({ contactMethod: 'EMAIL', flowType: 'USER_INPUT_CODE' }),
      ],
      experimental: {
        plugins: [
          faunadbPlugin({
            userRef: ({ userId }) => q.Ref(q.Collection(fixture.database.collection), documentId(userId)),
            createUser: ({ userId, recipeUserId }) => ({ data: { userId, recipeUserId } }),
            faunaDBClient: fixture.database.client,
          }),
        ],
      },
    },
  );
});

interface Account {
  readonly userId: string;
  readonly recipeUserId: RecipeUserId;
}

const anEmail = () => `${crypto.randomUUID()}@example.com`;

/** A new user of each recipe. */
const signUpWith = {
  emailpassword: () => EmailPassword.signUp('public', anEmail(), 'correct horse 1'),
  thirdparty: () => ThirdParty.manuallyCreateOrUpdateUser('public', 'google', crypto.randomUUID(), anEmail(), true),
  passwordless: () => Passwordless.signInUp({ tenantId: 'public', email: anEmail() }),
};

type RecipeId = keyof typeof signUpWith;
const recipes = Object.keys(signUpWith) as RecipeId[];

async function signUp(recipe: RecipeId = 'emailpassword'): Promise<Account> {
  const answer = await signUpWith[recipe]();
  if (answer.status !== 'OK') throw new Error(answer.status);
  return { userId: answer.user.id, recipeUserId: answer.recipeUserId };
}

const login = ({ recipeUserId }: Account) => Session.createNewSessionWithoutRequestResponse('public', recipeUserId);

const tokenOf = async (account: Account) => (await login(account)).getFaunadbToken();

const isAlive = async (token: string) => (await fixture.database.identity(token)) !== undefined;

/** A primary user, whom others can be linked to. A real Core needs a licence for it. */
async function signUpAsPrimary({ skip }: TestContext): Promise<Account> {
  const account = await signUp();
  try {
    expect(await AccountLinking.createPrimaryUser(account.recipeUserId)).toMatchObject({ status: 'OK' });
  } catch (error) {
    if (/402/.test(String(error))) skip('the Core has no licence for account linking');
    throw error;
  }
  return account;
}

async function link(account: Account, primary: Account): Promise<void> {
  const answer = await AccountLinking.linkAccounts(account.recipeUserId, primary.userId);
  expect(answer).toMatchObject({ status: 'OK', accountsAlreadyLinked: false });
}

it.each(recipes)('a user of %s gets a token, and loses it when deleted', async (recipe) => {
  const account = await signUp(recipe);
  const token = await tokenOf(account);
  const { ref, data } = await fixture.database.client.query<{ ref: { id: string }; data: object }>(
    q.Get(q.CurrentIdentity()),
    { secret: token },
  );
  expect(ref.id).toBe(documentId(account.userId));
  expect(data).toEqual({ userId: account.userId, recipeUserId: account.recipeUserId.getAsString() });
  await supertokens.deleteUser(account.userId);
  expect(await isAlive(token)).toBe(false);
});

it('a user who is deleted loses the tokens of all sessions when the call returns, and nobody else does', async () => {
  const account = await signUp();
  const tokens = [await tokenOf(account), await tokenOf(account)];
  const others = await tokenOf(await signUp());
  await supertokens.deleteUser(account.userId);
  expect(await Promise.all(tokens.map(isAlive))).toEqual([false, false]);
  expect(await isAlive(others)).toBe(true);
});

it('a user who is taken out of a tenant loses the tokens of the sessions that the Core ends by it', async () => {
  const account = await signUp();
  const session = await login(account);
  const token = await session.getFaunadbToken();
  // A real Core without a licence for tenants refuses, and the session stays.
  await Multitenancy.disassociateUserFromTenant('public', account.recipeUserId).catch((error: Error) =>
    expect(error.message).toContain('license key'),
  );
  const isLeft = (await Session.getSessionInformation(session.getHandle())) !== undefined;
  expect(await isAlive(token)).toBe(isLeft);
});

it.for(recipes)(
  "linking an account of %s ends its tokens, and new ones are the primary user's",
  async (recipe, context) => {
    const primary = await signUpAsPrimary(context);
    const account = await signUp(recipe);
    const [ofAccount, ofPrimary] = [await tokenOf(account), await tokenOf(primary)];
    await link(account, primary);
    expect(await isAlive(ofAccount)).toBe(false);
    expect(await isAlive(ofPrimary)).toBe(true);
    expect(await fixture.database.identity(await tokenOf(account))).toBe(documentId(primary.userId));
  },
);

it.for(recipes)('unlinking an account of %s ends its tokens, and new ones are its own', async (recipe, context) => {
  const primary = await signUpAsPrimary(context);
  const account = await signUp(recipe);
  await link(account, primary);
  const [ofAccount, ofPrimary] = [await tokenOf(account), await tokenOf(primary)];
  expect(await AccountLinking.unlinkAccount(account.recipeUserId)).toMatchObject({ status: 'OK', wasLinked: true });
  expect(await isAlive(ofAccount)).toBe(false);
  expect(await isAlive(ofPrimary)).toBe(true);
  expect(await fixture.database.identity(await tokenOf(account))).toBe(documentId(account.userId));
});

it("unlinking a primary user's own account ends its tokens, and those of the linked ones stay", async (context) => {
  const primary = await signUpAsPrimary(context);
  const account = await signUp('thirdparty');
  await link(account, primary);
  const [ofAccount, ofPrimary] = [await tokenOf(account), await tokenOf(primary)];
  const answer = await AccountLinking.unlinkAccount(primary.recipeUserId);
  expect(answer).toMatchObject({ status: 'OK', wasRecipeUserDeleted: true });
  expect(await isAlive(ofPrimary)).toBe(false);
  expect(await isAlive(ofAccount)).toBe(true);
});

it('deleting one of two linked accounts ends its tokens only, deleting both ends all', async (context) => {
  const primary = await signUpAsPrimary(context);
  const [one, other] = [await signUp('thirdparty'), await signUp('passwordless')];
  await link(one, primary);
  await link(other, primary);
  const tokens = [await tokenOf(one), await tokenOf(other), await tokenOf(primary)];
  await supertokens.deleteUser(one.userId, false);
  expect(await Promise.all(tokens.map(isAlive))).toEqual([false, true, true]);
  await supertokens.deleteUser(primary.userId);
  expect(await Promise.all(tokens.map(isAlive))).toEqual([false, false, false]);
});

it.for(['linkAccounts', 'unlinkAccount'] as const)(
  '%s ends tokens also where its answer is lost',
  async (name, context) => {
    const primary = await signUpAsPrimary(context);
    const account = await signUp();
    if (name === 'unlinkAccount') await link(account, primary);
    const [ofAccount, ofPrimary] = [await tokenOf(account), await tokenOf(primary)];
    const losesAnswers = {
      ...plainLinking,
      [name]: async (input: never) => {
        expect(await plainLinking[name](input)).toMatchObject({ status: 'OK' });
        throw new Error('The answer is lost.');
      },
    };
    const functions = new AccountLinkingImplementation(losesAnswers);
    const input = { recipeUserId: account.recipeUserId, primaryUserId: primary.userId, userContext: {} as UserContext };
    await expect(functions[name](input)).rejects.toThrow('The answer is lost.');
    expect(await isAlive(ofAccount)).toBe(false);
    expect(await isAlive(ofPrimary)).toBe(true);
  },
);

it('a failure of the Core before anything is done passes through', async () => {
  await expect(AccountLinking.unlinkAccount(supertokens.convertToRecipeUserId(''))).rejects.toThrow();
});
