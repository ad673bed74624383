import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const installed = join(root, 'node_modules');
const run = promisify(execFile);

/** An application's backend and page, with nothing said about types but those of its driver. */
const applications = {
  faunadb: {
    other: 'fauna',
    code: `
      import { Client, Expr, query as q } from 'faunadb';
      import { createFaunaClient } from 'supertokens-faunadb/browser';
      import { useFaunaQuery } from 'supertokens-faunadb/react';
      export type Query = Expr;
      export const faunaDBClient = new Client({ secret: 'x', endpoint: 'http://127.0.0.1:1' });
      export const userRef = ({ userId }: SessionUser): Expr => q.Ref(q.Collection('users'), userId);
      export const whoAmI = async (session: SessionContainer) =>
        (await session.getFaunaClient()).query<string>(q.Select('id', q.CurrentIdentity()));
      export const page = (session: FrontendSession): Client => createFaunaClient({ session, endpoint: 'http://127.0.0.1:1' });
      export const useName = () => useFaunaQuery<string>(q.CurrentIdentity()).data;`,
    clients: ['supertokens-faunadb/browser', 'supertokens-faunadb/react'],
  },
  fauna: {
    other: 'faunadb',
    code: `
      import { Client, fql, type Query as FaunaQuery } from 'fauna';
      import { createFaunaClient } from 'supertokens-faunadb/fauna/browser';
      import { useFaunaQuery } from 'supertokens-faunadb/fauna/react';
      export type Query = FaunaQuery;
      export const faunaDBClient = new Client({ secret: 'x', endpoint: new URL('http://127.0.0.1:1') });
      export const userRef = ({ userId }: SessionUser): Query => fql\`users.byId(\${userId})\`;
      export const whoAmI = async (session: SessionContainer) =>
        (await (await session.getFaunaClient()).query<string>(fql\`Query.identity()!.id\`)).data;
      export const page = (session: FrontendSession): Client =>
        createFaunaClient({ session, endpoint: new URL('http://127.0.0.1:1') });
      export const useName = () => useFaunaQuery<string>(fql\`Query.identity()!.name\`).data;`,
    clients: ['supertokens-faunadb/fauna/browser', 'supertokens-faunadb/fauna/react'],
  },
} as const;

/** What every application has, whichever its driver. */
const COMMON = `
  import { type FaunadbSessionOptions, RecipeImplementation, type SessionContainer, type SessionUser } from 'supertokens-faunadb';
  import type { FrontendSession } from 'supertokens-faunadb/browser-types';
  import { type RouteRequest, withFaunaSession } from 'supertokens-faunadb/nextjs';
  import { faunadbPlugin } from 'supertokens-faunadb/plugin';
  import { startTestServers } from 'supertokens-faunadb/testing';
  export const options: FaunadbSessionOptions = { faunaDBClient, userRef };
  export const recipe = (original: ConstructorParameters<typeof RecipeImplementation>[0]) => new RecipeImplementation(original, options);
  export const plugin = faunadbPlugin(options);
  export const name = async (session: SessionContainer): Promise<string> => whoAmI(session);
  export const route = (request: RouteRequest) =>
    withFaunaSession(request, async ({ session, client }) => {
      const same: typeof faunaDBClient = client;
      return Response.json([await name(session), same === client]);
    });
  export const test = async () => {
    const same: typeof faunaDBClient = (await startTestServers()).client;
    return same;
  };
  // @ts-expect-error: the client's type is known.
  export const wrong = async (session: SessionContainer) => (await session.getFaunaClient()).nothing;
  // @ts-expect-error: and so is that of a query.
  export const userRefOfNothing: FaunadbSessionOptions['userRef'] = () => 1;
`;

const folders = new Map<string, string>();

beforeAll(async () => {
  await run('npm', ['run', 'build', '--silent', '--workspace', 'supertokens-faunadb'], { cwd: root });
  for (const driver of Object.keys(applications)) {
    const folder = await mkdtemp(join(await realpath(tmpdir()), `only-${driver}-`));
    folders.set(driver, folder);
    const modules = join(folder, 'node_modules');
    const target = join(modules, 'supertokens-faunadb');
    await mkdir(target, { recursive: true });
    await mkdir(join(modules, '@types'));
    const packing = ['pack', '--json', '--workspace', 'supertokens-faunadb', '--pack-destination', folder];
    const [{ filename }] = JSON.parse((await run('npm', packing, { cwd: root })).stdout) as [{ filename: string }];
    await run('tar', ['-xzf', filename, '-C', target, '--strip-components=1'], { cwd: folder });
    const others = ['supertokens-node', 'react', '@types/react', '@types/node', 'undici-types', 'csstype'];
    const own = ['cli-progress', 'commander', 'debug', 'jose', 'core-server', 'faunadb-server'];
    for (const name of [driver, ...others, ...own])
      await symlink(join(installed, name), join(modules, name), 'junction');
  }
}, 300_000);

afterAll(async () => {
  for (const folder of folders.values()) await rm(folder, { recursive: true, force: true });
});

describe.each(Object.entries(applications))('with only %s installed', (driver, { other, code, clients }) => {
  const folderOf = () => folders.get(driver) ?? '';

  it.each([
    ['commonjs', 'node10', ['app.ts']],
    ['node16', 'node16', ['app.cts', 'app.mts']],
    ['nodenext', 'nodenext', ['app.cts', 'app.mts']],
    ['esnext', 'bundler', ['app.ts']],
  ])(
    'an application compiles with --module %s --moduleResolution %s, in %s',
    async (module, how, files) => {
      const common = COMMON.replace('supertokens-faunadb/browser-types', clients[0]);
      for (const file of files) await writeFile(join(folderOf(), file), `${code}\n${common}`);
      expect(
        await compile(folderOf(), '--skipLibCheck', '--module', module, '--moduleResolution', how, ...files),
      ).toEqual([]);
    },
    240_000,
  );

  it('our own declarations have no error for a compiler that checks them too', async () => {
    await writeFile(join(folderOf(), 'types.mts'), "export * from 'supertokens-faunadb';\n");
    const lines = await compile(folderOf(), '--module', 'nodenext', 'types.mts');
    // The SDK's own declarations have some.
    expect(lines.filter((line) => /supertokens-faunadb|^types/.test(line))).toEqual([]);
  }, 240_000);

  it.each(['import', 'require'])(
    'its modules load by %s, and the driver is asked',
    async (how) => {
      const file = join(folderOf(), how === 'import' ? 'load.mjs' : 'load.cjs');
      const load = (name: string) => (how === 'import' ? `(await import('${name}'))` : `require('${name}')`);
      await writeFile(
        file,
        `(async () => {
        const { RecipeImplementation } = ${load('supertokens-faunadb')};
        const own = ${JSON.stringify([...clients, 'plugin', 'nextjs', 'testing'].map((name) => name.replace(/^(?!super)/, 'supertokens-faunadb/')))};
        for (const name of own) ${how === 'import' ? 'await import(name)' : 'require(name)'};
        const { Client } = ${load(driver)}${how === 'import' && driver === 'faunadb' ? '.default' : ''};
        const faunaDBClient = new Client({ secret: 'x', endpoint: ${driver === 'fauna' ? "new URL('http://127.0.0.1:1')" : "'http://127.0.0.1:1'"} });
        const recipe = new RecipeImplementation({}, { userCollectionName: 'users', faunaDBClient });
        const user = { userId: '1', recipeUserId: { getAsString: () => '1' }, tenantId: 'public' };
        await recipe.createNewSession(user).catch((error) => console.log(error.code));
        try { ${how === 'import' ? `await import('${other}')` : `require('${other}')`}; } catch (error) { console.log(error.code); }
        process.exit(0);
      })();`,
      );
      const { stdout } = await run(process.execPath, [file], { cwd: folderOf() });
      const missing = how === 'import' ? 'ERR_MODULE_NOT_FOUND' : 'MODULE_NOT_FOUND';
      expect(stdout.trim().split('\n')).toEqual(['FAUNADB_UNAVAILABLE', missing]);
    },
    60_000,
  );

  it('the command line uses it', async () => {
    const program = join(folderOf(), 'node_modules/supertokens-faunadb/bin/supertokens-faunadb.mjs');
    const flags = ['--supertokens-uri', 'http://127.0.0.1:9999', '--faunadb-url', 'http://127.0.0.1:9'];
    const { stdout } = await run(process.execPath, [program, 'doctor', ...flags], {
      cwd: folderOf(),
      env: { ...process.env, FAUNADB_SECRET: 'x' },
    }).catch((error) => error);
    expect(stdout).toMatch(/FaunaDB cannot be reached at http:\/\/127\.0\.0\.1:9 .*ECONNREFUSED/);
  }, 60_000);
});

/** What the compiler has to say. */
async function compile(cwd: string, ...args: string[]): Promise<string[]> {
  const compiler = join(installed, 'typescript/bin/tsc');
  const flags = [
    '--noEmit',
    '--strict',
    '--esModuleInterop',
    '--target',
    'es2022',
    '--jsx',
    'react',
    '--types',
    'node',
  ];
  const { stdout } = await run(process.execPath, [compiler, ...flags, ...args], { cwd }).catch((error) => error);
  return String(stdout)
    .split('\n')
    .filter((line) => line !== '');
}
