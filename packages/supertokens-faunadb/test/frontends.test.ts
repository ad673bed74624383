import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import express from 'express';
import faunadb from 'faunadb';
import type { Browser, Page } from 'playwright-core';
import supertokens from 'supertokens-node';
import { errorHandler, middleware } from 'supertokens-node/framework/express';
import type { RecipeInterface } from 'supertokens-node/recipe/session';
import Session from 'supertokens-node/recipe/session';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from './frameworks/app.js';
import { launchBrowser } from './support/browser.js';
import { provideFixture } from './support/fixture.js';
import { initialise } from './support/supertokens.js';

const q = faunadb.query;
const fixture = provideFixture();
const here = fileURLToPath(new URL('..', import.meta.url));

/** Each frontend SDK of the peer range, initialised so that `Session` has its functions. */
const frontends = {
  'supertokens-website': `
    import Session from 'supertokens-website';
    Session.init({ apiDomain: location.origin });`,
  'supertokens-web-js': `
    import SuperTokens from 'supertokens-web-js';
    import Session from 'supertokens-web-js/recipe/session';
    SuperTokens.init({ appInfo: { appName: 'test', apiDomain: location.origin }, recipeList: [Session.init()] });`,
  'supertokens-auth-react': `
    import SuperTokens from 'supertokens-auth-react';
    import Session from 'supertokens-auth-react/recipe/session';
    SuperTokens.init({
      appInfo: { appName: 'test', apiDomain: location.origin, websiteDomain: location.origin },
      recipeList: [Session.init()],
    });`,
};

/** The page of an application with one of them. Its functions are the page's. */
async function pageWith(init: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      resolveDir: here,
      loader: 'ts',
      contents: `${init}
        import faunadb from 'faunadb';
        import { createFaunaClient } from 'supertokens-faunadb/browser';
        const { query: q } = faunadb;
        const client = createFaunaClient({ session: Session, endpoint: ${JSON.stringify(fixture.database.url)} });
        Object.assign(window, {
          logIn: (user: string) => fetch('/login', { method: 'POST', headers: { 'x-user': user } }).then(({ status }) => status),
          whoAmI: () => client.query(q.Select('id', q.CurrentIdentity())).catch(({ code, name }) => code ?? name),
          token: async () => (await Session.getAccessTokenPayloadSecurely()).faunadbToken,
          refresh: () => Session.attemptRefreshingSession(),
          logOut: () => Session.signOut(),
        });`,
    },
    alias: { 'supertokens-auth-react': 'supertokens-auth-react-sdk' },
    bundle: true,
    conditions: ['source'],
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
  });
  return `<!doctype html><script type="module">${outputFiles[0]?.text.replaceAll('</script', '<\\/script')}</script>`;
}

describe.each(Object.entries(frontends))('%s, in a browser', (name, init) => {
  let browser: Browser;
  let page: Page;
  let close: () => Promise<unknown>;

  beforeAll(async () => {
    const functions = (original: RecipeInterface) =>
      fixture.integration({ accessFaunadbTokenFromFrontend: true, refreshGracePeriod: 0 }, original);
    initialise(fixture.deployment.supertokensUri, { override: { functions } });
    const html = await pageWith(init);
    const app = express();
    app.get('/', (_, response) => void response.type('html').send(html));
    app.use(middleware());
    app.post('/login', async (request, response) => {
      const id = supertokens.convertToRecipeUserId(request.get('x-user') ?? '');
      await Session.createNewSession(request, response, 'public', id);
      response.json({});
    });
    app.use(errorHandler());
    const { origin, close: stop } = await listen(app);
    close = stop;
    browser = await launchBrowser();
    page = await (await browser.newContext()).newPage();
    await page.goto(origin.replace('127.0.0.1', 'localhost'));
    await page.waitForFunction('window.logOut !== undefined');
  });

  afterAll(async () => {
    await browser?.close();
    await close?.();
  });

  it('queries as the user, across a refresh and a deleted token, until the log-out', async () => {
    const { database } = fixture;
    const userId = await database.createUser();
    const call = <T>(code: string) => page.evaluate<T>(code);
    expect(await call('whoAmI()')).toBe('SESSION_NOT_FOUND');
    expect(await call(`logIn("${userId}")`)).toBe(200);
    expect(await call('whoAmI()')).toBe(userId);
    const first = await call<string>('token()');
    expect(await call('refresh()')).toBe(true);
    expect(await call('token()')).not.toBe(first);
    expect(await call('whoAmI()')).toBe(userId);
    await database.client.query(q.Logout(false), { secret: await call<string>('token()') });
    expect(await call('whoAmI()')).toBe(userId);
    const last = await call<string>('token()');
    await call('logOut()');
    expect(await call('whoAmI()')).toBe('SESSION_NOT_FOUND');
    expect(await database.identity(last)).toBeUndefined();
  });

  it('is the major version of the peer range', async () => {
    const read = async (file: string) => JSON.parse(await readFile(join(here, file), 'utf8'));
    const folder = name === 'supertokens-auth-react' ? 'supertokens-auth-react-sdk' : name;
    const { version } = await read(`../../node_modules/${folder}/package.json`);
    const [major, minor] = version.split('.');
    const range = (await read('package.json')).peerDependencies[name];
    expect(range).toBe(major === '0' ? `^0.${minor}.0` : `^${major}.0.0`);
  });
});
