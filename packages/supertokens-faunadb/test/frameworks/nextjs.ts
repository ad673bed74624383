import supertokens from 'supertokens-node';
import { getAppDirRequestHandler, withPreParsedRequestResponse, withSession } from 'supertokens-node/nextjs';
import Session from 'supertokens-node/recipe/session';
import type { FrameworkUnderTest } from './app.js';

/** What the app router hands to a route: a web request with a store of cookies. */
type NextRequest = Request & { cookies: { getAll(): { name: string; value: string }[] } };

/** Route handlers of the app router, called as Next.js calls them. */
const routes: Record<string, (request: NextRequest) => Promise<Response>> = {
  '/login': (request) =>
    withPreParsedRequestResponse(request, async (baseRequest, baseResponse) => {
      const userId = supertokens.convertToRecipeUserId(request.headers.get('x-user') ?? '');
      await Session.createNewSession(baseRequest, baseResponse, 'public', userId);
      return new Response('logged in');
    }),
  '/token': (request) =>
    withSession(request, async (error, session) => {
      if (error !== undefined) throw error;
      if (session === undefined) return new Response('unauthorised', { status: 401 });
      return new Response(await session.getFaunadbToken());
    }),
};

export const nextjsApp: FrameworkUnderTest = {
  name: 'Next.js',
  framework: 'custom',
  start: async () => ({
    fetch: async (path, init) => {
      const request = Object.assign(new Request(`http://localhost:3000${path}`, init), {
        cookies: { getAll: () => [] },
      });
      return (routes[path] ?? getAppDirRequestHandler())(request);
    },
    close: async () => {},
  }),
};
