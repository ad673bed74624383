import faunadb from 'faunadb';
import { RecipeImplementation } from 'supertokens-faunadb';
import supertokens from 'supertokens-node';
import Session from 'supertokens-node/recipe/session';

export const faunaDBClient = new faunadb.Client({
  endpoint: process.env.FAUNADB_URL!,
  secret: process.env.FAUNADB_SECRET!,
});

/** For every route to call: none knows which is loaded first, and the SDK takes no notice of later calls. */
export function ensureSuperTokensInit(): void {
  supertokens.init({
    framework: 'custom',
    supertokens: { connectionURI: process.env.SUPERTOKENS_URI! },
    appInfo: { appName: 'test', apiDomain: 'http://localhost:3000', websiteDomain: 'http://localhost:3000' },
    telemetry: false,
    recipeList: [
      Session.init({
        override: {
          functions: (originalImplementation) =>
            new RecipeImplementation(originalImplementation, {
              userCollectionName: process.env.USER_COLLECTION!,
              accessFaunadbTokenFromFrontend: true,
              refreshGracePeriod: 0,
              faunaDBClient,
            }),
        },
      }),
    ],
  });
}
