import express5 from 'express';
import express4 from 'express4';
import supertokens from 'supertokens-node';
import { errorHandler, middleware, type SessionRequest } from 'supertokens-node/framework/express';
import Session from 'supertokens-node/recipe/session';
import { verifySession } from 'supertokens-node/recipe/session/framework/express';
import { type FrameworkUnderTest, listen } from './app.js';

const expressApp = (name: string, express: typeof express5): FrameworkUnderTest => ({
  name,
  framework: 'express',
  start: () => {
    const app = express();
    app.use(middleware());
    app.post('/login', async (req, res, next) => {
      try {
        await Session.createNewSession(req, res, 'public', supertokens.convertToRecipeUserId(req.get('x-user') ?? ''));
        res.send('logged in');
      } catch (error) {
        next(error);
      }
    });
    app.get('/token', verifySession(), async (req: SessionRequest, res) => {
      res.send(await req.session?.getFaunadbToken());
    });
    app.use(errorHandler());
    return listen(app);
  },
});

export const express4App = expressApp('Express 4', express4 as unknown as typeof express5);
export const express5App = expressApp('Express 5', express5);
