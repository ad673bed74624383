import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import faunadb from 'faunadb';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.js';
import { repository, Walkthrough } from './support/walkthrough.js';

const q = faunadb.query;
let browser: Browser;
let walkthrough: Walkthrough | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
  await promisify(execFile)('npm', ['run', 'pack', '--silent'], { cwd: repository }).catch((error) => {
    // Compilers say on standard output what is wrong.
    throw new Error(`npm run pack: ${error.stdout}${error.stderr}`, { cause: error });
  });
}, 300_000);

afterEach(async () => {
  await walkthrough?.end();
  walkthrough = undefined;
}, 60_000);

afterAll(async () => {
  await browser?.close();
});

it('start.md leads from an empty folder to a log-in in a browser, word for word', async () => {
  walkthrough = await Walkthrough.follow('start.md');
  const { website } = walkthrough;
  const page = await (await browser.newContext()).newPage();
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  const says = (sentence: string) => page.getByText(sentence).waitFor({ timeout: 30_000 });
  const submit = async (button: string) => {
    await page.fill('[name=name]', 'ada');
    await page.fill('[name=password]', 'correct horse');
    await page.click(`text=${button}`);
  };
  await page.goto(website);
  await says('Nobody is logged in.');
  await submit('Sign up');
  await says('You are ada.');
  await page.reload();
  await says('You are ada.');

  const other = await (await browser.newContext()).newPage();
  await other.goto(website);
  await other.getByText('Nobody is logged in.').waitFor();
  await other.fill('[name=name]', 'ada');
  await other.fill('[name=password]', 'correct horse');
  await other.click('text=Log in');
  await other.getByText('You are ada.').waitFor();
  expect(failures).toEqual([]);
}, 600_000);

it('users-outside-faunadb.md leads from an empty folder through the login recipes, word for word', async () => {
  walkthrough = await Walkthrough.follow('users-outside-faunadb.md');
  const { website } = walkthrough;
  const context = await browser.newContext();
  const page = await context.newPage();
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  const says = (sentence: string | RegExp) => page.getByText(sentence).waitFor({ timeout: 30_000 });
  const press = (button: string) => page.getByRole('button', { name: button, exact: true }).click();
  const submit = async (button: string, email: string, password: string) => {
    await page.fill('[name=email]', email);
    await page.fill('[name=password]', password);
    await press(button);
  };

  await page.goto(website);
  await says('Nobody is logged in.');
  await submit('Sign up', 'ada@example.com', 'correct horse 1');
  await says('Follow the link in the email first.');
  await page.goto(await walkthrough.shown(/To ada@example\.com: (\S+verify-email\S+)/));
  await says('verifyEmail: OK');
  const ada = await idOnPage(page);
  const atSignUp = await sessionIn(context);
  expect(atSignUp.userId).toBe(ada);

  const url = await walkthrough.shown(/^FAUNADB_URL=(.+)$/m);
  expect(await loginOf(url, atSignUp.token)).toBe(ada);
  await press('Log out');
  await says('Nobody is logged in.');
  expect(await loginOf(url, atSignUp.token)).toBeUndefined();

  await submit('Log in', 'ada@example.com', 'wrong horse 1');
  await says('signIn: WRONG_CREDENTIALS_ERROR');
  await submit('Log in', 'ada@example.com', 'correct horse 1');
  await says('signIn: OK');
  expect(await idOnPage(page)).toBe(ada);
  const beforeReset = await sessionIn(context);

  await submit('Forgot password?', 'ada@example.com', '');
  await says('sendPasswordResetEmail: OK');
  await page.goto(await walkthrough.shown(/To ada@example\.com: (\S+reset-password\S+)/));
  await idOnPage(page);
  await submit('Set new password', '', 'better horse 2');
  await says('submitNewPassword: OK');
  await says('Nobody is logged in.');
  expect(await loginOf(url, beforeReset.token)).toBeUndefined();
  await submit('Log in', 'ada@example.com', 'correct horse 1');
  await says('signIn: WRONG_CREDENTIALS_ERROR');
  await submit('Log in', 'ada@example.com', 'better horse 2');
  await says('signIn: OK');
  expect(await idOnPage(page)).toBe(ada);
  await press('Log out');
  await says('Nobody is logged in.');

  await press('Log in with Example');
  await page.fill('[name=login]', 'grace');
  await page.fill('[name=password]', 'whatever');
  await page.click('[type=submit]');
  await page.getByRole('button', { name: 'Continue' }).click();
  await says('signInAndUp: OK');
  const grace = await idOnPage(page);
  expect(grace).not.toBe(ada);
  const ofGrace = await sessionIn(context);
  expect(await loginOf(url, ofGrace.token)).toBe(grace);
  await press('Log out');
  await says('Nobody is logged in.');
  expect(await loginOf(url, ofGrace.token)).toBeUndefined();
  expect(failures).toEqual([]);
}, 600_000);

/** Whom FaunaDB takes the user of the page for, asked by the page and by the backend. */
async function idOnPage(page: Page): Promise<string> {
  const sentence = page.getByText(/^You are .+, and .+ to the backend\.$/);
  await sentence.waitFor({ timeout: 30_000 });
  const [, here, there] =
    /^You are (\S+), and (\S+) to the backend\.$/.exec((await sentence.textContent()) ?? '') ?? [];
  expect(there).toBe(here);
  return String(here);
}

/** The session of the browser: the user, and the token to query as them. */
async function sessionIn(context: BrowserContext): Promise<{ userId: string; token: string }> {
  const front = (await context.cookies()).find(({ name }) => name === 'sFrontToken')?.value ?? '';
  const { uid, up } = JSON.parse(Buffer.from(decodeURIComponent(front), 'base64').toString());
  return { userId: uid, token: up.faunadbToken };
}

/** What the token's own document says; undefined where FaunaDB answers 401. */
async function loginOf(endpoint: string, secret: string): Promise<string | undefined> {
  const client = new faunadb.Client({ endpoint, secret });
  try {
    return await client.query<string>(q.Select(['data', 'login'], q.Get(q.CurrentIdentity())));
  } catch (error) {
    if (error instanceof faunadb.errors.Unauthorized) return undefined;
    throw error;
  } finally {
    await client.close();
  }
}
