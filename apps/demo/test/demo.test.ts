import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import faunadb from 'faunadb';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, picture } from '../../../packages/supertokens-faunadb/test/support/browser.js';
import { type Demo, startDemo } from './support/demo.js';
import { type MortalServer, type Servers, startServers } from './support/servers.js';

const q = faunadb.query;
const PASSWORD = 'correct horse';

let folder: string;
let servers: Servers;
let fauna: MortalServer;
let core: MortalServer;
let demo: Demo;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let admin: faunadb.Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-'));
  browser = await launchBrowser();
  servers = await startServers(folder);
  fauna = servers.fauna;
  core = servers.core;
  const { faunadbSecret } = servers;
  demo = await startDemo({ supertokensUri: core.url, faunadbUrl: fauna.url, faunadbSecret }, join(folder, 'page'));
  admin = new faunadb.Client({ endpoint: fauna.url, secret: faunadbSecret });
}, 60_000);

afterAll(async () => {
  await admin?.close();
  await demo?.stop();
  await Promise.all([servers?.stop(), browser?.close()]);
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
  await page.goto(demo.url);
});

afterEach(async () => {
  await context.close();
});

// A browser and servers that start anew take their time on a machine that is busy with other tests.
describe('the whole flow', { timeout: 60_000 }, () => {
  it('works from sign-up to log-out', async () => {
    const name = await signUp();
    await page.getByText('Everything on this page was read by your browser').waitFor();
    expect(await text('#identity-name')).toBe(name);
    await page.locator('#backend-name', { hasText: name }).waitFor();
    expect(await text('#identity-ref')).toMatch(/^Ref\(Collection\("users"\), "\d+"\)$/);

    await page.getByLabel('Write a post').fill('My first post.');
    await page.getByRole('button', { name: `Post as ${name}` }).click();
    await page.locator('#posts .mine', { hasText: 'My first post.' }).waitFor();

    await page.getByLabel('Write a post').fill('I am ada.');
    await page.getByRole('button', { name: 'Try to post as ada' }).click();
    await page.locator('#post-answer.refused', { hasText: '403' }).waitFor();
    await page
      .getByRole('button', { name: /Try to change it/ })
      .first()
      .click();
    await page.locator('#post-answer.refused', { hasText: '403' }).waitFor();
    await page.locator('#journal .refused', { hasText: 'Update(' }).waitFor();
    expect(await page.locator('#posts').textContent()).not.toContain('I am ada.');
    await picture(page, 'demo-logged-in');

    const first = await tokenInPage();
    await page.getByRole('button', { name: 'Refresh the session' }).click();
    await page.locator('#old-tokens .closing').waitFor();
    const second = await tokenInPage();
    expect(second).not.toBe(first);
    expect(await opens(second)).toBe(true);
    await page.locator('#old-tokens .dead', { hasText: '401' }).waitFor({ timeout: 30_000 });
    expect(await opens(first)).toBe(false);

    const signedOut = page.waitForResponse(/signout/);
    await page.getByRole('button', { name: 'Log out' }).click();
    expect((await signedOut).status()).toBe(200);
    expect(await opens(second)).toBe(false);
    await page.getByRole('heading', { name: 'Log in once' }).waitFor();
    await page.locator('#old-tokens .dead', { hasText: 'after the log-out' }).waitFor();
    await picture(page, 'demo-logged-out');
  });

  it('refreshes one session in two tabs at once without a false theft detection', async () => {
    await signUp();
    const other = await context.newPage();
    await other.goto(demo.url);
    await other.locator('#identity-name').waitFor();
    const first = await tokenInPage();
    // As after its hour: the backend asks for a refresh, whoever comes.
    await context.clearCookies({ name: 'sAccessToken' });
    const asks = (tab: Page) =>
      tab.evaluate(() => Promise.all(Array.from({ length: 5 }, () => fetch('/me').then(({ status }) => status))));
    const statuses = await Promise.all([asks(page), asks(other)]);
    expect(statuses.flat()).toEqual(Array.from({ length: 10 }, () => 200));
    const second = await tokenInPage();
    expect(second).not.toBe(first);
    expect(await opens(second)).toBe(true);
    expect(await asks(other)).toContain(200);
  });

  it('logs out in every window at once, and shows nothing to the next user', async () => {
    const name = await signUp();
    const other = await context.newPage();
    await other.goto(demo.url);
    await other.locator('#identity-name', { hasText: name }).waitFor();
    await logOut();
    // Nobody looks at the other window in between: it hears of the log-out by itself.
    await other.getByRole('heading', { name: 'Log in once' }).waitFor();
    expect(await page.locator('#journal li').count()).toBe(0);
    await enter('Log in', name, PASSWORD);
    await other.locator('#identity-name', { hasText: name }).waitFor();
  });

  it('lets everybody read what a user wrote, and only the user delete it', async () => {
    await signUp();
    const words = `Written at ${randomUUID()}`;
    await page.getByLabel('Write a post').fill(words);
    await page.getByRole('button', { name: /^Post as/ }).click();
    await page.locator('#posts .mine', { hasText: words }).waitFor();

    const other = await (await browser.newContext()).newPage();
    await other.goto(demo.url);
    await signUp(other);
    await other
      .locator('#posts li', { hasText: words })
      .getByRole('button', { name: /Try to change it/ })
      .click();
    await other.locator('#post-answer.refused', { hasText: '403' }).waitFor();
    await other.context().close();

    await page
      .locator('#posts .mine', { hasText: words })
      .getByRole('button', { name: /Delete/ })
      .click();
    await page.locator('#posts li', { hasText: words }).waitFor({ state: 'detached' });
  });

  it('refuses a wrong password and a taken name, and keeps what was typed', async () => {
    const name = await signUp();
    await logOut();
    await enter('Log in', name, 'wrong horse');
    await page.locator('#login-answer', { hasText: 'No account has this name and this password' }).waitFor();
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.locator('#login-answer', { hasText: 'is taken' }).waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe(name);
    await enter('Log in', name, PASSWORD);
    await page.locator('#identity-name', { hasText: name }).waitFor();
  });

  it('fits a telephone, in the dark', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await signUp();
    await page.locator('#posts li').first().waitFor();
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
    await picture(page, 'demo-telephone-dark');
  });
});

describe('when a server is away', { timeout: 60_000 }, () => {
  it('logs nobody in without FaunaDB, says so, and finds everything again when it is back', async () => {
    const name = await signUp();
    await logOut();
    await fauna.kill();
    try {
      await enter('Log in', name, PASSWORD);
      await page.locator('#login-answer', { hasText: /FaunaDB at .* does not answer/ }).waitFor();
      await picture(page, 'demo-faunadb-away');
      expect(await sessionCookies()).toEqual([]);
    } finally {
      await fauna.start();
    }
    await enter('Log in', name, PASSWORD);
    await page.locator('#identity-name', { hasText: name }).waitFor();
  });

  it('says that FaunaDB is away to who is logged in, and shows everything when it is back', async () => {
    const name = await signUp();
    await page.locator('#posts li').first().waitFor();
    await fauna.kill();
    try {
      await page.reload();
      await page.locator('#banner', { hasText: 'FaunaDB does not answer' }).waitFor();
      await picture(page, 'demo-faunadb-away-inside');
    } finally {
      await fauna.start();
    }
    await page.locator('#identity-name', { hasText: name }).waitFor();
    await page.locator('#posts li').first().waitFor();
    await page.locator('#banner').waitFor({ state: 'hidden' });
  });

  it('logs out without FaunaDB, and deletes the token when it is back', async () => {
    await signUp();
    const token = await tokenInPage();
    await fauna.kill();
    try {
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('heading', { name: 'Log in once' }).waitFor();
    } finally {
      await fauna.start();
    }
    await expect.poll(() => opens(token), { timeout: 20_000 }).toBe(false);
  });

  it('says which server is away when the session cannot be refreshed', async () => {
    await signUp();
    await core.kill();
    try {
      await page.getByRole('button', { name: 'Refresh the session' }).click();
      await page.locator('#banner', { hasText: /Core at .* does not answer/ }).waitFor();
    } finally {
      await core.start();
    }
    await page.getByRole('button', { name: 'Refresh the session' }).click();
    await page.locator('#old-tokens li').waitFor();
  });

  it('leaves no orphaned token when the Core refuses a session', async () => {
    const name = await signUp();
    await logOut();
    const before = await tokensInDatabase();
    await core.kill();
    try {
      await enter('Log in', name, PASSWORD);
      await page.locator('#login-answer', { hasText: /Core at .* does not answer/ }).waitFor();
      expect(await sessionCookies()).toEqual([]);
      expect(await tokensInDatabase()).toBe(before);
    } finally {
      await core.start();
    }
    await enter('Log in', name, PASSWORD);
    await page.locator('#identity-name', { hasText: name }).waitFor();
  });

  it('has lost nothing that was acknowledged when both servers go away in the middle of logins', async () => {
    const entering = Array.from({ length: 24 }, async (_, n) => {
      const name = `crash-${n}-${randomUUID().slice(0, 6)}`;
      const response = await post('/signup', { name, password: PASSWORD });
      return response?.status === 201 ? name : undefined;
    });
    await Promise.any(entering.map(async (name) => (await name) ?? Promise.reject(new Error('not acknowledged'))));
    await Promise.all([fauna.kill(), core.kill()]);
    const acknowledged = (await Promise.all(entering)).filter((name) => name !== undefined);
    await Promise.all([fauna.start(), core.start()]);
    for (const name of acknowledged) {
      const response = await post('/login', { name, password: PASSWORD });
      expect(response?.status, await response?.text()).toBe(200);
    }
  });
});

/** Asks the demo's server without a page; undefined where the connection broke. */
async function post(path: string, body: object): Promise<Response | undefined> {
  const headers = { 'content-type': 'application/json' };
  return fetch(demo.url + path, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => undefined);
}

/** Creates an account with a name of its own, and returns the name. */
async function signUp(where: Page = page): Promise<string> {
  const name = `user-${randomUUID().slice(0, 8)}`;
  await enter('Create an account', name, PASSWORD, where);
  await where.locator('#identity-name', { hasText: name }).waitFor();
  return name;
}

async function enter(button: string, name: string, secret: string, where: Page = page): Promise<void> {
  await where.getByLabel('Name').fill(name);
  await where.getByLabel('Password').fill(secret);
  await where.getByRole('button', { name: button }).click();
}

async function logOut(): Promise<void> {
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in once' }).waitFor();
}

async function text(selector: string): Promise<string | null> {
  return page.locator(selector).textContent();
}

async function sessionCookies(): Promise<string[]> {
  return (await context.cookies()).map(({ name }) => name).filter((name) => /^s(Access|Refresh)Token$/.test(name));
}

/** The FaunaDB token in the access token's payload, where the frontend SDK reads it. */
async function tokenInPage(): Promise<string> {
  const cookie = (await context.cookies()).find(({ name }) => name === 'sFrontToken');
  const { up } = JSON.parse(Buffer.from(decodeURIComponent(cookie?.value ?? ''), 'base64').toString());
  return up.faunadbToken;
}

/** Whether a token opens the database: the driver's own error says when it does not. */
async function opens(token: string): Promise<boolean> {
  const client = new faunadb.Client({ endpoint: fauna.url, secret: token });
  try {
    await client.query(q.CurrentIdentity());
    return true;
  } catch (error) {
    if (error instanceof faunadb.errors.Unauthorized) return false;
    throw error;
  } finally {
    await client.close();
  }
}

async function tokensInDatabase(): Promise<number> {
  return admin.query<number>(q.Count(q.Tokens()));
}
