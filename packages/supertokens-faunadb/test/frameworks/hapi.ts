import Hapi from '@hapi/hapi';
import supertokens from 'supertokens-node';
import { plugin, type SessionRequest } from 'supertokens-node/framework/hapi';
import Session from 'supertokens-node/recipe/session';
import { verifySession } from 'supertokens-node/recipe/session/framework/hapi';
import { type FrameworkUnderTest, remote } from './app.js';

export const hapiApp: FrameworkUnderTest = {
  name: 'Hapi',
  framework: 'hapi',
  start: async () => {
    const server = Hapi.server({ host: '127.0.0.1', port: 0 });
    await server.register(plugin);
    server.route({
      method: 'POST',
      path: '/login',
      handler: async (req, h) => {
        await Session.createNewSession(
          req,
          h,
          'public',
          supertokens.convertToRecipeUserId(String(req.headers['x-user'])),
        );
        return h.response('logged in');
      },
    });
    server.route({
      method: 'GET',
      path: '/token',
      options: { pre: [{ method: verifySession() }] },
      handler: async (req, h) => h.response(await (req as SessionRequest).session?.getFaunadbToken()),
    });
    await server.start();
    return remote(server.info.uri, () => server.stop());
  },
};
