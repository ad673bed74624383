import Hapi from '@hapi/hapi';
import type { SessionRequest } from 'supertokens-node/framework/hapi';
import { plugin } from 'supertokens-node/framework/hapi';
import { verifySession } from 'supertokens-node/recipe/session/framework/hapi';
import { afterAll, beforeAll, it } from 'vitest';
import { type CoreServer, createCoreServer } from '../../src/index.js';
import { inDatabase, initSdk, login } from './init.js';
import { livesThroughASession } from './story.js';

let core: CoreServer;
let stop: () => unknown;
let url: string;

beforeAll(async () => {
  core = await createCoreServer();
  initSdk('hapi', core);
  const app = Hapi.server({ port: 0, host: '127.0.0.1' });
  await app.register(plugin);
  app.route({
    path: '/login',
    method: 'post',
    handler: async (request, toolkit) => {
      await login(request, toolkit);
      return toolkit.response('ok').code(200);
    },
  });
  app.route({
    path: '/me',
    method: 'get',
    options: { pre: [{ method: verifySession(inDatabase) }] },
    handler: (request, toolkit) => {
      const { session } = request as SessionRequest;
      return toolkit.response({ userId: session?.getUserId(), role: session?.getAccessTokenPayload().role }).code(200);
    },
  });
  app.route({
    path: '/logout',
    method: 'post',
    options: { pre: [{ method: verifySession(inDatabase) }] },
    handler: async (request, toolkit) => {
      await (request as SessionRequest).session?.revokeSession();
      return toolkit.response('ok').code(200);
    },
  });
  await app.start();
  url = app.info.uri;
  stop = () => app.stop();
});
afterAll(async () => {
  await stop();
  await core.close();
});

it.each(['cookie', 'header'] as const)('a session in Hapi, by %s', (transfer) => livesThroughASession(url, transfer));
