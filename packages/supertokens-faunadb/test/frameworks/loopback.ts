import { inject, intercept } from '@loopback/core';
import { get, type MiddlewareContext, post, RestApplication, RestBindings } from '@loopback/rest';
import supertokens from 'supertokens-node';
import { middleware, type SessionContext } from 'supertokens-node/framework/loopback';
import Session from 'supertokens-node/recipe/session';
import { verifySession } from 'supertokens-node/recipe/session/framework/loopback';
import { type FrameworkUnderTest, remote } from './app.js';

/** Without decorators, which the test runner does not compile. */
class Controller {
  constructor(readonly context: MiddlewareContext) {}

  async login(): Promise<string> {
    const { context } = this;
    const userId = supertokens.convertToRecipeUserId(context.request.get('x-user') ?? '');
    await Session.createNewSession(context, context, 'public', userId);
    return 'logged in';
  }

  async token(): Promise<string | undefined> {
    return (this.context as SessionContext).session?.getFaunadbToken();
  }
}
inject(RestBindings.Http.CONTEXT)(Controller, undefined, 0);
const method = (name: 'login' | 'token', ...decorators: MethodDecorator[]) => {
  const descriptor = Object.getOwnPropertyDescriptor(Controller.prototype, name);
  for (const decorate of decorators) decorate(Controller.prototype, name, descriptor as PropertyDescriptor);
};
method('login', post('/login') as MethodDecorator);
method('token', get('/token') as MethodDecorator, intercept(verifySession()) as MethodDecorator);

export const loopbackApp: FrameworkUnderTest = {
  name: 'Loopback',
  framework: 'loopback',
  start: async () => {
    const app = new RestApplication({ rest: { host: '127.0.0.1', port: 0 } });
    app.middleware(middleware);
    app.controller(Controller);
    await app.start();
    return remote(app.restServer.url ?? '', () => app.stop());
  },
};
