import { fileURLToPath } from 'node:url';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Client } from 'faunadb';
import faunadb from 'faunadb';
import { RecipeImplementation } from 'supertokens-faunadb';
import supertokens from 'supertokens-node';
import { errorHandler, middleware, type SessionRequest } from 'supertokens-node/framework/express';
import Session from 'supertokens-node/recipe/session';
import { verifySession } from 'supertokens-node/recipe/session/framework/express';
import { ask } from './ask.js';
import type { Config } from './config.js';
import { Refusal, refusalFor } from './refusal.js';
import { securityHeaders } from './security-headers.js';
import { logIn, readLogin, signUp } from './users.js';

const q = faunadb.query;
const builtPage = fileURLToPath(new URL('../page', import.meta.url));

/**
 * The demo's backend. It signs users up and logs them in. The page queries FaunaDB itself for everything else.
 *
 * @param client with a key that may read and create users and create tokens for them.
 * @param pageFolder the built page.
 */
export function createApp(config: Config, client: Client, pageFolder = builtPage): Express {
  supertokens.init({
    framework: 'express',
    supertokens: config.supertokens,
    appInfo: {
      appName: 'supertokens-faunadb demo',
      apiDomain: config.pageUrl.origin,
      websiteDomain: config.pageUrl.origin,
    },
    telemetry: false,
    recipeList: [
      Session.init({
        override: {
          functions: (originalImplementation) =>
            new RecipeImplementation(originalImplementation, {
              userCollectionName: 'users',
              accessFaunadbTokenFromFrontend: true,
              faunaDBClient: client,
              onTokenDeletion: ({ status, tries, userId, error }) => {
                if (status === 'retrying' && tries > 1) return;
                console.warn(`Deleting the token of user ${userId}, logged out: ${status} (${error.message}).`);
              },
            }),
        },
      }),
    ],
  });

  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders(config.faunadb.url.origin));
  app.use(middleware());
  app.use(express.json({ limit: '4kb' }));

  app.get('/ready', (_request, response) => void response.sendStatus(204));
  app.get('/config.json', (_request, response) => void response.json({ faunadbUrl: config.faunadb.url.origin }));

  app.post('/signup', async (request, response) => {
    const login = readLogin(request.body);
    const userId = await signUp(client, login);
    if (userId === null) throw new Refusal(409, `The name "${login.name}" is taken.`);
    await startSession(request, response, userId);
    response.status(201).json({ name: login.name });
  });

  app.post('/login', async (request, response) => {
    const login = readLogin(request.body);
    const userId = await logIn(client, login);
    if (userId === null) throw new Refusal(403, 'No account has this name and this password.');
    await startSession(request, response, userId);
    response.json({ name: login.name });
  });

  // The backend also queries as the user, with the same token.
  app.get('/me', verifySession(), async (request: SessionRequest, response: Response) => {
    const asUser = await request.session!.getFaunaClient();
    response.json(await ask(asUser, q.Select('data', q.Get(q.CurrentIdentity()))));
  });

  app.use(express.static(pageFolder));
  app.use(errorHandler());
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const { status, message } = refusalFor(error, config);
    if (status >= 500) console.error(message);
    response.status(status).json({ message });
  });
  return app;
}

async function startSession(request: Request, response: Response, userId: string): Promise<void> {
  await Session.createNewSession(request, response, 'public', supertokens.convertToRecipeUserId(userId));
}
