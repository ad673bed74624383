import supertokens from 'supertokens-node';
import Session from 'supertokens-node/recipe/session';
import type { CoreServer } from '../../src/index.js';

/** Points the SDK at a Core. It verifies in the database, so that a session that has ended is over at once. */
export function initSdk(framework: 'express' | 'fastify' | 'koa' | 'hapi', core: CoreServer): void {
  supertokens.init({
    framework,
    supertokens: { connectionURI: core.url },
    appInfo: { appName: 'test', apiDomain: 'http://api.example.com', websiteDomain: 'http://example.com' },
    recipeList: [Session.init({ antiCsrf: 'NONE', exposeAccessTokenToFrontendInCookieBasedAuth: true })],
    telemetry: false,
  });
}

/** What each application verifies a session with. */
export const inDatabase = { checkDatabase: true } as const;

export const login = (request: unknown, response: unknown) =>
  Session.createNewSession(
    request,
    response,
    'public',
    supertokens.convertToRecipeUserId('somebody'),
    { role: 'member' },
    {},
  );
