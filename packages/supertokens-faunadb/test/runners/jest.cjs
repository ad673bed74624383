// The test of docs/testing.md for Jest, in CommonJS as Jest runs it by default.
const faunadb = require('faunadb');
const supertokens = require('supertokens-node');
const Session = require('supertokens-node/recipe/session');
const { RecipeImplementation } = require('supertokens-faunadb');
const { provideTestServers } = require('supertokens-faunadb/testing/jest');

const { query: q } = faunadb;
const users = q.Collection('users');
const servers = provideTestServers({
  seed: async ({ client }) => {
    await client.query(q.CreateCollection({ name: 'users' }));
    await client.query(q.Create(q.Ref(users, '1'), {}));
  },
});

beforeAll(() => {
  supertokens.init({
    supertokens: { connectionURI: servers.supertokensUri },
    appInfo: { appName: 'App', apiDomain: 'http://localhost:3001', websiteDomain: 'http://localhost:3000' },
    recipeList: [
      Session.init({
        override: {
          functions: (original) =>
            new RecipeImplementation(original, { userCollectionName: 'users', faunaDBClient: servers.client }),
        },
      }),
    ],
  });
});

const login = () => Session.createNewSessionWithoutRequestResponse('public', supertokens.convertToRecipeUserId('1'));

it.each([1, 2])('queries as the user, on what was seeded (%i)', async () => {
  const client = await (await login()).getFaunaClient();
  expect(await client.query(q.Select('id', q.CurrentIdentity()))).toBe('1');
  expect(await servers.client.query(q.Count(q.Documents(users)))).toBe(1);
  await servers.client.query(q.Create(users, {}));
});

it('has no token when the session has expired', async () => {
  const session = await login();
  servers.advance(101 * 24 * 60 * 60 * 1_000);
  await expect(session.getFaunadbToken()).rejects.toThrow();
});
