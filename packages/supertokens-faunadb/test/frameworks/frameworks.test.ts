import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecipeImplementation } from '../../src/index.js';
import { TestDatabase } from '../support/database.js';
import { type Deployment, startDeployment } from '../support/deployment.js';
import { initialise } from '../support/supertokens.js';
import type { FrameworkApp, FrameworkUnderTest } from './app.js';
import { awsLambdaApp } from './aws-lambda.js';
import { express4App, express5App } from './express.js';
import { fastifyApp } from './fastify.js';
import { hapiApp } from './hapi.js';
import { koaApp } from './koa.js';
import { loopbackApp } from './loopback.js';
import { nextjsApp } from './nextjs.js';

let deployment: Deployment;
let database: TestDatabase;

beforeAll(async () => {
  deployment = await startDeployment();
  database = await TestDatabase.create(deployment.faunadbUrl, deployment.faunadbSecret);
});

afterAll(async () => {
  await deployment?.stop();
});

describe.each<FrameworkUnderTest>([
  express4App,
  express5App,
  fastifyApp,
  koaApp,
  hapiApp,
  loopbackApp,
  awsLambdaApp,
  nextjsApp,
])('in $name', ({ framework, start, startTimeout, rendersPages }) => {
  let app: FrameworkApp;

  beforeAll(async () => {
    const { supertokensUri } = deployment;
    if (framework !== undefined) {
      initialise(
        supertokensUri,
        {
          override: {
            functions: (originalImplementation) =>
              new RecipeImplementation(originalImplementation, {
                userCollectionName: database.collection,
                accessFaunadbTokenFromFrontend: true,
                refreshGracePeriod: 0,
                faunaDBClient: database.client,
              }),
          },
        },
        { framework },
      );
    }
    app = await start({ supertokensUri, database });
  }, startTimeout);

  afterAll(async () => {
    await app?.close();
  });

  const call = (path: string, method: string, headers: Record<string, string>) =>
    app.fetch(path, { method, headers: { 'st-auth-mode': 'header', ...headers } });

  it('a login makes a token, a refresh replaces it, a sign-out deletes it', async () => {
    const userId = await database.createUser();
    const bearer = (token: string | null) => ({ authorization: `Bearer ${token}` });

    const login = await call('/login', 'POST', { 'x-user': userId });
    expect(login.status).toBe(200);
    const inPayload = payloadOf(login.headers.get('front-token')).faunadbToken;
    const used = await call('/token', 'GET', bearer(login.headers.get('st-access-token')));
    const token = await used.text();
    expect(token).toBe(inPayload);
    expect(await database.identity(token)).toBe(userId);

    const refresh = await call('/auth/session/refresh', 'POST', bearer(login.headers.get('st-refresh-token')));
    expect(refresh.status).toBe(200);
    const usedAgain = await call('/token', 'GET', bearer(refresh.headers.get('st-access-token')));
    const newToken = await usedAgain.text();
    expect(payloadOf(refresh.headers.get('front-token')).faunadbToken).toBe(newToken);
    expect(await database.identity(newToken)).toBe(userId);
    expect(await database.identity(token)).toBeUndefined();

    const accessToken = usedAgain.headers.get('st-access-token') ?? refresh.headers.get('st-access-token');
    const signOut = await call('/auth/signout', 'POST', bearer(accessToken));
    expect(signOut.status).toBe(200);
    expect(await database.identity(newToken)).toBeUndefined();
    expect(await database.tokens(userId)).toEqual([]);
  });

  if (rendersPages) {
    it('a page rendered on the server uses the token', async () => {
      const userId = await database.createUser();
      const login = await call('/login', 'POST', { 'x-user': userId });
      const cookie = `sAccessToken=${login.headers.get('st-access-token')}`;
      const page = await call('/', 'GET', { cookie });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain(`<p>${userId}</p>`);
    });
  }
});

/** What the frontend reads of the access token. */
function payloadOf(frontToken: string | null): Record<string, unknown> {
  return JSON.parse(Buffer.from(frontToken ?? '', 'base64').toString()).up;
}
