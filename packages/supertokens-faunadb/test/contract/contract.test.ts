import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import faunadb from 'faunadb';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.js';
import { TestDatabase } from '../support/database.js';
import { type Deployment, startDeployment } from '../support/deployment.js';
import { Project } from './project.js';
import { fillIn, hasContract, mendAsync, readSnippets } from './snippets.js';

const q = faunadb.query;

// The documentation's text lies beside the checkout, not in it: without it there is nothing to run.
describe.skipIf(!hasContract)('the code of the published documentation, word for word', () => {
  let deployment: Deployment;
  let database: TestDatabase;
  let project: Project;
  let browser: Browser;
  let server: ChildProcess;
  let url: string;
  let userId: string;

  beforeAll(async () => {
    browser = await launchBrowser();
    deployment = await startDeployment();
    project = await Project.create();
    database = await TestDatabase.create(deployment.faunadbUrl, deployment.faunadbSecret);
    userId = await database.createUser();
    await project.write(serverFiles(deployment.supertokensUri, database, userId));
    await project.write(pageFiles());
    for (const page of ['website', 'react']) {
      await build({
        configFile: false,
        root: join(project.folder, 'pages', page),
        base: `/${page}/`,
        logLevel: 'error',
        resolve: { preserveSymlinks: true },
        build: { outDir: join(project.folder, 'built', page), target: 'es2023' },
      });
    }
    server = spawn(process.execPath, ['--preserve-symlinks', '--preserve-symlinks-main', 'server.js'], {
      cwd: project.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(server.stdout!, 'data');
    url = String(line).trim();
  }, 120_000);

  afterAll(async () => {
    server?.kill();
    await Promise.all([browser?.close(), project?.remove()]);
    await deployment?.stop();
  });

  it.each(['website', 'react'])('gives the page of %s and every API the token of the session', async (kind) => {
    const page = await open(kind);
    const token = await page.evaluate<string>('window.faunadbToken');
    expect(await identityOf(token)).toBe(userId);

    const answer = await page.evaluate(async () => (await fetch('/like-comment', { method: 'POST' })).text());
    expect(answer).toBe(userId);
    expect(await page.evaluate(async () => (await fetch('/api-token')).text())).toBe(token);
    await page.context().close();
  });

  it('deletes the token with the session', async () => {
    const page = await open('website');
    const token = await page.evaluate<string>('window.faunadbToken');
    await page.evaluate('window.signOut()');
    await expect(identityOf(token)).rejects.toThrow(faunadb.errors.Unauthorized);
    await page.context().close();
  });

  it('answers 401 without a session', async () => {
    const { status } = await fetch(`${url}/like-comment`, { method: 'POST' });
    expect(status).toBe(401);
  });

  it('compiles with the types of both times', async () => {
    await project.write(typeFiles());
    await project.compile('--project', 'types');
  }, 60_000);

  /** Opens a page, which logs in and runs its snippet by itself. */
  async function open(kind: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${url}/${kind}/`);
    await page.waitForFunction('window.faunadbToken !== undefined');
    return page;
  }

  async function identityOf(token: string): Promise<string> {
    const client = new faunadb.Client({ endpoint: deployment.faunadbUrl, secret: token });
    try {
      return await client.query<string>(q.Select('id', q.CurrentIdentity()));
    } finally {
      await client.close();
    }
  }
});

/** The Express application around the server's snippets, which use its `app` and its `faunadb`. */
function serverFiles(supertokensUri: string, database: TestDatabase, userId: string): Record<string, string> {
  const { configuration, login, api } = readSnippets();
  return {
    'package.json': JSON.stringify({ private: true }),
    'configuration.js': fillIn(configuration, {
      'supertokens: {...}': `supertokens: { connectionURI: ${JSON.stringify(supertokensUri)} }`,
      'appInfo: {...}': 'appInfo: { appName: "contract", apiDomain: origin, websiteDomain: origin }',
      '<SECRET>': database.secret,
    }),
    'login.js': fillIn(login, { '<FAUNADB REFERENCE ID>': userId }),
    'api.js': fillIn(mendAsync(api), {
      '// query FaunaDB on behalf of the currently logged in user.': 'lastToken = faunaToken;',
    }),
    'server.js': `
      const express = require('express');
      const driver = require('faunadb');
      const supertokens = require('supertokens-node');

      // Where the documentation's reader had the hosted service, this driver has another by default.
      class Client extends driver.Client {
        constructor(options) {
          super({ endpoint: ${JSON.stringify(database.url)}, ...options });
        }
      }
      globalThis.faunadb = { ...driver, Client };
      globalThis.app = express();
      globalThis.lastToken = undefined;
      const server = app.listen(0, 'localhost', () => {
        globalThis.origin = 'http://localhost:' + server.address().port;
        require('./configuration.js');
        app.use(supertokens.middleware());
        require('./login.js');
        require('./api.js');
        app.get('/api-token', (req, res) => res.send(lastToken));
        app.use(express.static('built'));
        app.use(supertokens.errorHandler());
        console.log(origin);
      });
    `,
  };
}

/** Pages that log in and then run a snippet as it stands, as a module that gives out the token it has read. */
function pageFiles(): Record<string, string> {
  const { website, react } = readSnippets();
  const html = '<!doctype html><div id="root"></div><script type="module" src="./main.jsx"></script>';
  const run = `
    await fetch('/login', { method: 'POST' });
    const { faunadbToken } = await import('./snippet.js');
    window.faunadbToken = faunadbToken;`;
  return {
    'pages/website/index.html': html,
    'pages/website/snippet.js': `${website}\nexport { faunadbToken };`,
    'pages/website/main.jsx': `
      import SuperTokens from 'supertokens-website';
      SuperTokens.init({ apiDomain: location.origin });
      window.signOut = () => SuperTokens.signOut();
      ${run}`,
    'pages/react/index.html': html,
    'pages/react/snippet.js': `${react}\nexport { faunadbToken };`,
    'pages/react/main.jsx': `
      import * as React from 'react';
      import { createRoot } from 'react-dom/client';
      import SuperTokens, { SuperTokensWrapper } from 'supertokens-auth-react';
      import Session from 'supertokens-auth-react/recipe/session';

      SuperTokens.init({
        appInfo: { appName: 'contract', apiDomain: location.origin, websiteDomain: location.origin },
        recipeList: [Session.init()],
      });
      function App() {
        React.useEffect(() => {
          (async () => {${run}
          })();
        }, []);
        return null;
      }
      createRoot(document.getElementById('root')).render(<SuperTokensWrapper><App /></SuperTokensWrapper>);
    `,
  };
}

function typeFiles(): Record<string, string> {
  return {
    'types/tsconfig.json': JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'es2022',
        module: 'node16',
        moduleResolution: 'node16',
        esModuleInterop: true,
        preserveSymlinks: true,
        skipLibCheck: true,
        types: ['node'],
      },
      include: ['*.ts'],
    }),
    'types/application.ts': `
      ${readSnippets().type};
      import { type Response } from 'express';
      import { convertToRecipeUserId } from 'supertokens-node';
      import { type SessionRequest } from 'supertokens-node/framework/express';
      import Session, { createNewSession } from 'supertokens-node/recipe/session';

      export async function then(req: { session: SessionContainer }, res: Response): Promise<string> {
        await Session.createNewSession(res, 'user', { role: 'admin' }, { cart: [] });
        const { role } = req.session.getJWTPayload();
        await req.session.updateJWTPayload({ role });
        const token: string = await req.session.getFaunadbToken();
        return token;
      }

      export async function today(req: SessionRequest, res: Response): Promise<SessionContainer> {
        const session: SessionContainer = await createNewSession(req, res, 'public', convertToRecipeUserId('user'));
        const token: string | undefined = await req.session?.getFaunadbToken();
        // @ts-expect-error: a session has no such method in either time.
        session.getNothing(token);
        return session;
      }
    `,
  };
}
