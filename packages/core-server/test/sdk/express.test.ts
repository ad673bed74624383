import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { SessionRequest } from 'supertokens-node/framework/express';
import { errorHandler, middleware } from 'supertokens-node/framework/express';
import { verifySession } from 'supertokens-node/recipe/session/framework/express';
import { afterAll, beforeAll, it } from 'vitest';
import { type CoreServer, createCoreServer } from '../../src/index.js';
import { inDatabase, initSdk, login } from './init.js';
import { livesThroughASession } from './story.js';

let core: CoreServer;
let stop: () => unknown;
let url: string;

beforeAll(async () => {
  core = await createCoreServer();
  initSdk('express', core);
  const app = express();
  app.use(middleware());
  app.post('/login', async (request: Request, response: Response, next: NextFunction) => {
    await login(request, response).then(() => response.send('ok'), next);
  });
  app.get('/me', verifySession(inDatabase), ({ session }: SessionRequest, response: Response) => {
    response.json({ userId: session?.getUserId(), role: session?.getAccessTokenPayload().role });
  });
  app.post('/logout', verifySession(inDatabase), async ({ session }: SessionRequest, response: Response) => {
    await session?.revokeSession();
    response.send('ok');
  });
  app.use(errorHandler());
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => server.close();
});
afterAll(async () => {
  await stop();
  await core.close();
});

it.each(['cookie', 'header'] as const)('a session in Express, by %s', (transfer) =>
  livesThroughASession(url, transfer),
);
