import Fastify, { type FastifyRequest } from 'fastify';
import supertokens from 'supertokens-node';
import { errorHandler, plugin, type SessionRequest } from 'supertokens-node/framework/fastify';
import Session from 'supertokens-node/recipe/session';
import { verifySession } from 'supertokens-node/recipe/session/framework/fastify';
import { type FrameworkUnderTest, remote } from './app.js';

export const fastifyApp: FrameworkUnderTest = {
  name: 'Fastify',
  framework: 'fastify',
  start: async () => {
    const app = Fastify();
    app.setErrorHandler(errorHandler());
    await app.register(plugin);
    app.post('/login', async (req, reply) => {
      await Session.createNewSession(
        req,
        reply,
        'public',
        supertokens.convertToRecipeUserId(String(req.headers['x-user'])),
      );
      return 'logged in';
    });
    app.get('/token', { preHandler: verifySession<FastifyRequest>() }, async (req: SessionRequest<FastifyRequest>) =>
      req.session?.getFaunadbToken(),
    );
    return remote(await app.listen({ host: '127.0.0.1', port: 0 }), () => app.close());
  },
};
