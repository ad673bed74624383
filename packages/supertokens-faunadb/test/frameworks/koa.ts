import Koa from 'koa';
import supertokens from 'supertokens-node';
import { middleware, type SessionContext } from 'supertokens-node/framework/koa';
import Session from 'supertokens-node/recipe/session';
import { verifySession } from 'supertokens-node/recipe/session/framework/koa';
import { type FrameworkUnderTest, listen } from './app.js';

export const koaApp: FrameworkUnderTest = {
  name: 'Koa',
  framework: 'koa',
  start: () => {
    const app = new Koa();
    app.use(middleware());
    app.use(async (ctx, next) => {
      if (ctx.path !== '/login') return next();
      await Session.createNewSession(ctx, ctx, 'public', supertokens.convertToRecipeUserId(ctx.get('x-user')));
      ctx.body = 'logged in';
    });
    app.use((ctx, next) => (ctx.path === '/token' ? verifySession()(ctx as SessionContext, next) : next()));
    app.use(async (ctx) => {
      ctx.body = await (ctx as SessionContext).session?.getFaunadbToken();
    });
    return listen(app.callback());
  },
};
