import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa from 'koa';
import type { SessionContext } from 'supertokens-node/framework/koa';
import { middleware } from 'supertokens-node/framework/koa';
import { verifySession } from 'supertokens-node/recipe/session/framework/koa';
import { afterAll, beforeAll, it } from 'vitest';
import { type CoreServer, createCoreServer } from '../../src/index.js';
import { inDatabase, initSdk, login } from './init.js';
import { livesThroughASession } from './story.js';

let core: CoreServer;
let stop: () => unknown;
let url: string;

beforeAll(async () => {
  core = await createCoreServer();
  initSdk('koa', core);
  const router = new Router();
  router.post('/login', async (context) => {
    await login(context, context);
    context.body = 'ok';
  });
  router.get('/me', verifySession(inDatabase), (context: SessionContext) => {
    context.body = { userId: context.session?.getUserId(), role: context.session?.getAccessTokenPayload().role };
  });
  router.post('/logout', verifySession(inDatabase), async (context: SessionContext) => {
    await context.session?.revokeSession();
    context.body = 'ok';
  });
  const app = new Koa();
  app.use(middleware());
  app.use(router.routes());
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => server.close();
});
afterAll(async () => {
  await stop();
  await core.close();
});

it.each(['cookie', 'header'] as const)('a session in Koa, by %s', (transfer) => livesThroughASession(url, transfer));
