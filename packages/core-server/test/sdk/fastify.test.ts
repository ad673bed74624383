import { fastify, type preHandlerAsyncHookHandler } from 'fastify';
import type { SessionRequest } from 'supertokens-node/framework/fastify';
import { errorHandler, plugin } from 'supertokens-node/framework/fastify';
import { verifySession } from 'supertokens-node/recipe/session/framework/fastify';
import { afterAll, beforeAll, it } from 'vitest';
import { type CoreServer, createCoreServer } from '../../src/index.js';
import { inDatabase, initSdk, login } from './init.js';
import { livesThroughASession } from './story.js';

// The SDK's types are those of another Fastify than this one.
const preHandler = verifySession(inDatabase) as preHandlerAsyncHookHandler;

let core: CoreServer;
let stop: () => unknown;
let url: string;

beforeAll(async () => {
  core = await createCoreServer();
  initSdk('fastify', core);
  const app = fastify();
  app.setErrorHandler(errorHandler());
  await app.register(plugin);
  app.post('/login', async (request, reply) => {
    await login(request, reply);
    return reply.send('ok');
  });
  app.get('/me', { preHandler }, async (request: SessionRequest) => ({
    userId: request.session?.getUserId(),
    role: request.session?.getAccessTokenPayload().role,
  }));
  app.post('/logout', { preHandler }, async (request: SessionRequest) => {
    await request.session?.revokeSession();
    return 'ok';
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  stop = () => app.close();
});
afterAll(async () => {
  await stop();
  await core.close();
});

it.each(['cookie', 'header'] as const)('a session in Fastify, by %s', (transfer) =>
  livesThroughASession(url, transfer),
);
