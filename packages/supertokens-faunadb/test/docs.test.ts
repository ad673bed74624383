import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import faunadb from 'faunadb';
import supertokens from 'supertokens-node';
import EmailPassword from 'supertokens-node/recipe/emailpassword';
import Multitenancy from 'supertokens-node/recipe/multitenancy';
import Session, { type RecipeInterface, type SessionContainer } from 'supertokens-node/recipe/session';
import type { RecipeListFunction } from 'supertokens-node/types';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../src/cli/main.js';
import { type FaunadbSessionOptions, RecipeImplementation } from '../src/index.js';
import { eventually, TestDatabase } from './support/database.js';
import { login, provideFixture } from './support/fixture.js';
import { type Guide, guide } from './support/snippets.js';
import { initialise, resetSdk } from './support/supertokens.js';

const q = faunadb.query;
const fixture = provideFixture();
const guides = new Map<string, Guide>();

beforeAll(async () => {
  const names = await readdir(fileURLToPath(new URL('../../../docs', import.meta.url)));
  for (const name of names.filter((file) => file.endsWith('.md'))) guides.set(name, await guide(name));
});

beforeEach(() => {
  resetSdk();
  const { deployment, database } = fixture;
  vi.stubEnv('SUPERTOKENS_URI', deployment.supertokensUri);
  vi.stubEnv('FAUNADB_URL', deployment.faunadbUrl);
  vi.stubEnv('FAUNADB_SECRET', database.secret);
  vi.stubEnv('FAUNADB_ADMIN_SECRET', database.adminSecret);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Runs a module of a guide. */
async function run<T = unknown>(name: string, file: string): Promise<T> {
  const path = guides.get(name)?.modules.get(file);
  if (path === undefined) throw new Error(`${name} has no ${file}`);
  return import(/* @vite-ignore */ path);
}

interface WithLogin {
  login(userId: string): Promise<SessionContainer>;
}

/** Logs in as a snippet does, and finds the token to act as somebody. */
async function identityAfterLogin(name: string, file: string, userId: string) {
  const snippet = await run<WithLogin>(name, file);
  const token = await (await snippet.login(userId)).getFaunadbToken();
  return { token, identity: await fixture.database.identity(token) };
}

it('every snippet compiles, and the types need no cast', async () => {
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
  const project = fileURLToPath(new URL('tsconfig.docs.json', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '--project', project]).catch((error) => error);
  expect(stdout).toBe('');
}, 120_000);

describe('every page', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const pages = async () => {
    const packages = ['packages', 'packages/compat'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => `${folder}/${name}/README.md`),
    );
    const all = [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'benchmarks/README.md',
      ...packages,
    ];
    const docs = (await readdir(join(root, 'docs')))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`);
    return [...all, ...docs].filter((page) => existsSync(join(root, page)));
  };

  it('links to what is there', async () => {
    const broken: string[] = [];
    for (const page of await pages()) {
      const text = await readFile(join(root, page), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
        if (!existsSync(join(root, dirname(page), target))) broken.push(`${page}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('of a package links to nothing outside of it', async () => {
    for (const page of (await pages()).filter((name) => name.startsWith('packages/'))) {
      expect(await readFile(join(root, page), 'utf8'), page).not.toContain('](../');
    }
  });

  it('of the front door shows code of the guide to start with', async () => {
    const modules = guides.get('start.md')?.modules;
    const text = await readFile(join(root, 'README.md'), 'utf8');
    const shown = [...text.matchAll(/^```ts\n\/\/ ([\w.-]+)\n(.*?)^```$/gms)];
    expect(shown.map(([, file]) => file)).toEqual(['server.ts', 'page.ts']);
    expect(text.match(/^```ts/gm)).toHaveLength(shown.length);
    for (const [, file = '', code] of shown) {
      expect(await readFile(modules?.get(file) ?? '', 'utf8')).toBe(`// ${file}\n${code}`);
    }
  });
});

describe('start.md', () => {
  it('does the same as a plugin', async () => {
    const userId = await fixture.database.createUser();
    expect(await identityAfterLogin('start.md', 'plugin.ts', userId)).toMatchObject({ identity: userId });
  });
});

it('move-from-the-old-integration.md reads an old session', async () => {
  const userId = await fixture.database.createUser();
  const instance = q.Ref(q.Collection(fixture.database.collection), userId);
  const { secret } = await fixture.database.client.query<{ secret: string }>(q.Create(q.Tokens(), { instance }));
  fixture.reset();
  const old = await login(fixture.plain, userId, { accessTokenPayload: { faunadbToken: secret } });
  resetSdk();
  const { tokenOf } = await run<{ tokenOf(accessToken: string): Promise<string> }>(
    'move-from-the-old-integration.md',
    'server.ts',
  );
  expect(await tokenOf(old.getAccessToken())).toBe(secret);
});

describe('fauna-driver.md', () => {
  it('logs in, and queries as the user', async () => {
    const userId = await fixture.database.createUser();
    const guide = await run<WithLogin & { whoAmI(session: SessionContainer): Promise<string> }>(
      'fauna-driver.md',
      'server.ts',
    );
    const session = await guide.login(userId);
    expect(await guide.whoAmI(session)).toBe(userId);
    expect(await fixture.database.identity(await session.getFaunadbToken())).toBe(userId);
  });

  it('creates documents', async () => {
    const { faunadbOptions } = await run<{ faunadbOptions: FaunadbSessionOptions }>('fauna-driver.md', 'options.ts');
    const functions = (original: RecipeInterface) => new RecipeImplementation(original, faunadbOptions);
    initialise(fixture.deployment.supertokensUri, { override: { functions } });
    const recipeUserId = supertokens.convertToRecipeUserId('auth0|carol');
    const session = await Session.createNewSessionWithoutRequestResponse('public', recipeUserId);
    const secret = await session.getFaunadbToken();
    const self = await fixture.database.client.query(q.Get(q.CurrentIdentity()), { secret });
    expect(self).toMatchObject({ data: { login: 'auth0|carol', tenantId: 'public' } });
  });
});

describe('users-outside-faunadb.md', () => {
  it('finds documents', async () => {
    const { client, collection } = fixture.database;
    await run('users-outside-faunadb.md', 'index-of-logins.ts');
    const data = { login: 'auth0|ada' };
    const id = await client.query<string>(q.Select(['ref', 'id'], q.Create(q.Collection(collection), { data })));
    await eventually(async () => {
      resetSdk();
      vi.resetModules();
      const found = await identityAfterLogin('users-outside-faunadb.md', 'find.ts', 'auth0|ada');
      expect(found.identity).toBe(id);
    });
  });

  it('creates documents', async () => {
    const { faunadbOptions } = await run<{ faunadbOptions: FaunadbSessionOptions }>(
      'users-outside-faunadb.md',
      'options.ts',
    );
    const functions = (original: RecipeInterface) => new RecipeImplementation(original, faunadbOptions);
    initialise(fixture.deployment.supertokensUri, { override: { functions } });
    const recipeUserId = supertokens.convertToRecipeUserId('auth0|bob');
    const session = await Session.createNewSessionWithoutRequestResponse('public', recipeUserId);
    const self = q.Get(q.CurrentIdentity());
    const secret = await session.getFaunadbToken();
    expect(await fixture.database.client.query(self, { secret })).toMatchObject({ data: { login: 'auth0|bob' } });
  });

  it('ends the tokens of a user who is deleted', async () => {
    const { client, collection } = fixture.database;
    const document = await fixture.database.createUser();
    const { otherRecipes } = await run<{ otherRecipes: RecipeListFunction[] }>(
      'users-outside-faunadb.md',
      'other-recipes.ts',
    );
    const functions = (original: RecipeInterface) =>
      new RecipeImplementation(original, {
        userRef: () => q.Ref(q.Collection(collection), document),
        faunaDBClient: client,
      });
    const recipeList = [EmailPassword.init(), ...otherRecipes];
    initialise(fixture.deployment.supertokensUri, { override: { functions } }, { recipeList });
    const signUp = await EmailPassword.signUp('public', `${crypto.randomUUID()}@example.com`, 'correct horse 1');
    if (signUp.status !== 'OK') throw new Error(signUp.status);
    const session = await Session.createNewSessionWithoutRequestResponse('public', signUp.recipeUserId);
    const token = await session.getFaunadbToken();
    expect(await fixture.database.identity(token)).toBe(document);
    await supertokens.deleteUser(signUp.user.id);
    expect(await fixture.database.identity(token)).toBeUndefined();
  });
});

it("tenants.md makes each tenant's tokens in its own database", async ({ skip }) => {
  const { deployment, database } = fixture;
  const other = await TestDatabase.create(deployment.faunadbUrl, deployment.faunadbSecret);
  const tenantId = `docs${Date.now()}`;
  vi.stubEnv('FAUNADB_SECRETS_BY_TENANT', JSON.stringify({ public: database.secret, [tenantId]: other.secret }));
  const snippet = await run<{ login(tenant: string, user: string): Promise<SessionContainer> }>(
    'tenants.md',
    'server.ts',
  );
  const here = await database.createUser();
  expect(await database.identity(await (await snippet.login('public', here)).getFaunadbToken())).toBe(here);
  try {
    await Multitenancy.createOrUpdateTenant(tenantId, { firstFactors: null });
  } catch (error) {
    if (/402/.test(String(error))) skip('the Core has no licence for tenants');
    throw error;
  }
  const there = await other.createUser();
  expect(await other.identity(await (await snippet.login(tenantId, there)).getFaunadbToken())).toBe(there);
});

describe('security.md names a test that exists', () => {
  const docs = new URL('../../../docs/', import.meta.url);
  const rows = readFileSync(new URL('security.md', docs), 'utf8')
    .split('\n| claim | test |\n')
    .slice(1)
    .flatMap((table) => (table.split('\n\n')[0] ?? '').split('\n').slice(1));

  it.each(rows.map((row) => [row.split('|')[1]?.trim(), row]))('for: %s', async (_, row) => {
    const named = [...row.matchAll(/\]\((\.\.\/[^)]+\.test\.ts)\)((?:,? "[^"]+")+)/g)];
    if (named.length === 0) expect(row).toContain('not tested');
    expect(row.match(/\.test\.ts\)/g) ?? []).toHaveLength(named.length);
    for (const [, file = '', titles = ''] of named) {
      const source = await readFile(new URL(file, docs), 'utf8');
      for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g)) {
        expect(
          [`'${title}'`, `"${title}"`].some((text) => source.includes(text)),
          `${file}: ${title}`,
        ).toBe(true);
      }
    }
  });
});

it('security.md seals tokens', async () => {
  vi.stubEnv('SEALING_KEYS', [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64url')).join());
  const userId = await fixture.database.createUser();
  const snippet = await run<WithLogin>('security.md', 'sealed.ts');
  const session = await snippet.login(userId);
  const token = await session.getFaunadbToken();
  expect(await fixture.database.identity(token)).toBe(userId);
  expect(JSON.stringify(session.getAccessTokenPayload())).not.toContain(token);
});

describe('production.md', () => {
  it('makes a key that is enough for the integration', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const command = guides.get('production.md')?.commands.find((line) => line.includes(' key ')) ?? '';
    await main(command.split(' '));
    vi.stubEnv('FAUNADB_SECRET', String(log.mock.lastCall?.[0]));
    const userId = await fixture.database.createUser();
    await eventually(async () => {
      resetSdk();
      vi.resetModules();
      expect(await identityAfterLogin('production.md', 'failures.ts', userId)).toMatchObject({ identity: userId });
    });
    const snippet = await run<WithLogin>('production.md', 'failures.ts');
    await expect(snippet.login('404')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
  });

  it('sweeps from inside an application', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await run('production.md', 'sweeper.ts');
    expect(log.mock.lastCall?.[0]).toMatch(/^0 of \d+ tokens were orphaned$/);
  });

  it('has commands that work', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const commands = guides.get('production.md')?.commands ?? [];
    expect(commands).toHaveLength(3);
    vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const command of commands) {
      resetSdk();
      await main(command.split(' '));
    }
    expect(process.exitCode).toBeUndefined();
    expect(log).toHaveBeenCalled();
  });
});

it('failures.md distinguishes an unknown user from a failure', async () => {
  const { login: attempt } = await run<{ login(userId: string): Promise<string> }>('failures.md', 'errors.ts');
  expect(await attempt('404')).toBe('unknown user');
  expect(await attempt(await fixture.database.createUser())).toMatch(/^ey/);
});
