// The application under load: Express with SuperTokens. The header `x-mode` selects the recipe functions without the
// integration, or with one of the places that can hold the token. integration.ts starts it in its own process.
import express, { type Response } from 'express';
import faunadb from 'faunadb';
import { type FaunadbSessionOptions, RecipeImplementation } from 'supertokens-faunadb';
import supertokens from 'supertokens-node';
import { errorHandler, middleware, type SessionRequest } from 'supertokens-node/framework/express';
import Session, { type RecipeInterface, type SessionContainer } from 'supertokens-node/recipe/session';
import { verifySession } from 'supertokens-node/recipe/session/framework/express';
import type { UserContext } from 'supertokens-node/types';

const [connectionURI = '', endpoint = '', secret = ''] = process.argv.slice(2);
const q = faunadb.query;

process.on('uncaughtException', (error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exit(1);
});

const root = new faunadb.Client({ endpoint, secret });
const database = `bench_${process.pid}_${Date.now()}`;
await root.query(q.CreateDatabase({ name: database }));
const keyOf = (role: string) =>
  root.query<{ secret: string }>(q.CreateKey({ database: q.Database(database), role })).then((key) => key.secret);
await new faunadb.Client({ endpoint, secret: await keyOf('admin') }).query(q.CreateCollection({ name: 'users' }));
const faunaDBClient = new faunadb.Client({ endpoint, secret: await keyOf('server') });
const userIds = await faunaDBClient.query<string[]>(
  q.Map(
    Array.from({ length: 100 }, () => 0),
    q.Lambda('_', q.Select(['ref', 'id'], q.Create(q.Collection('users'), {}))),
  ),
);

const modes: Record<string, Partial<FaunadbSessionOptions>> = {
  payload: { accessFaunadbTokenFromFrontend: true },
  sealed: { sealingKey: Buffer.alloc(32, 7).toString('base64url') },
  database: {},
  kept: { keepTokenOnRefresh: true },
};

/**
 * The least that any integration must do at a refresh, alone: one SuperTokens call, since the Core has already signed the
 * access token before anything new can be added to it; or one FaunaDB query.
 */
const floors: Record<string, (session: SessionContainer) => Promise<unknown>> = {
  'a payload written': (session) => session.mergeIntoAccessTokenPayload({ written: Date.now() }),
  'session data written': (session) => session.updateSessionDataInDatabase({ written: Date.now() }),
  'a token swapped': (session) => {
    const instance = q.Ref(q.Collection('users'), session.getUserId());
    return faunaDBClient.query(q.Delete(q.Select('ref', q.Create(q.Tokens(), { instance }))));
  },
};

/** The recipe functions of the mode in the request's header. */
function byMode(plain: RecipeInterface): RecipeInterface {
  const implementations = new Map<string, RecipeInterface>([['plain', plain]]);
  for (const [mode, options] of Object.entries(modes)) {
    const integrated = new RecipeImplementation(plain, { userCollectionName: 'users', faunaDBClient, ...options });
    implementations.set(mode, integrated);
  }
  const modeOf = (context: UserContext) =>
    supertokens.getRequestFromUserContext(context)?.getHeaderValue('x-mode') ?? '';
  const chosen = (context: UserContext) => implementations.get(modeOf(context)) ?? plain;
  return {
    ...plain,
    createNewSession: (input) => chosen(input.userContext).createNewSession(input),
    getSession: (input) => chosen(input.userContext).getSession(input),
    refreshSession: async (input) => {
      const session = await chosen(input.userContext).refreshSession(input);
      await floors[modeOf(input.userContext)]?.(session);
      return session;
    },
  };
}

supertokens.init({
  supertokens: { connectionURI },
  appInfo: { appName: 'bench', apiDomain: 'http://localhost', websiteDomain: 'http://localhost' },
  recipeList: [Session.init({ override: { functions: byMode } })],
  telemetry: false,
});

const app = express();
app.use(middleware());
app.post('/login', async (req, res: Response) => {
  const userId = userIds[Math.floor(Math.random() * userIds.length)] ?? '';
  await Session.createNewSession(req, res, 'public', supertokens.convertToRecipeUserId(userId));
  res.json({});
});
app.get('/me', verifySession(), async (req: SessionRequest, res: Response) => {
  if (req.get('x-mode') !== 'plain') await req.session?.getFaunadbToken();
  res.json({ userId: req.session?.getUserId() });
});
app.use(errorHandler());
const server = app.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('disconnect', () => process.exit());
