import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

const published = [
  'supertokens-faunadb',
  'faunadb-server',
  'core-server',
  'supertokens-node-faunadb',
  'supertokens-website-faunadb',
  'supertokens-auth-react-faunadb',
];
/** What an application installs; the other packages stand in for SDKs and need no server. */
const installed = published.slice(0, 3);

/** A login by a real SDK on servers that are given by the environment. */
const LOGIN = `
import faunadb from 'faunadb';
import supertokens from 'supertokens-node';
import Session from 'supertokens-node/recipe/session';
import { RecipeImplementation } from 'supertokens-faunadb';

const { query: q } = faunadb;
const { FAUNADB_URL: endpoint, FAUNADB_SECRET: secret, SUPERTOKENS_URI: connectionURI } = process.env;
const faunaDBClient = new faunadb.Client({ endpoint, secret });
supertokens.init({
  supertokens: { connectionURI },
  appInfo: { appName: 'archives', apiDomain: 'http://localhost', websiteDomain: 'http://localhost' },
  recipeList: [
    Session.init({
      override: {
        functions: (original) => new RecipeImplementation(original, { userCollectionName: 'users', faunaDBClient }),
      },
    }),
  ],
});
await faunaDBClient.query(q.CreateCollection({ name: 'users' }));
const id = await faunaDBClient.query(q.Select(['ref', 'id'], q.Create(q.Collection('users'), { data: {} })));
const session = await Session.createNewSessionWithoutRequestResponse('public', supertokens.convertToRecipeUserId(id));
const asUser = new faunadb.Client({ endpoint, secret: await session.getFaunadbToken() });
console.log(id === (await asUser.query(q.Select('id', q.CurrentIdentity()))) ? 'logged in' : 'somebody else');
await session.revokeSession();
console.log(await asUser.query(q.CurrentIdentity()).then(() => 'alive', (error) => error.requestResult?.statusCode));
process.exit(0);
`;

let folder: string;
const servers: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), 'archives-'));
  const archives: string[] = [];
  for (const name of published) {
    await run('npm', ['run', 'build', '--silent', '--workspace', name], { cwd: root });
    const packing = ['pack', '--json', '--workspace', name, '--pack-destination', folder];
    const [{ filename }] = JSON.parse((await run('npm', packing, { cwd: root })).stdout) as [{ filename: string }];
    archives.push(filename);
  }
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await writeFile(join(folder, 'login.mjs'), LOGIN);
  const manifest = JSON.parse(await readFile(join(root, 'packages/supertokens-faunadb/package.json'), 'utf8'));
  const sdks = ['supertokens-node', 'faunadb'].map((name) => `${name}@${manifest.devDependencies[name]}`);
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...options, ...archives.slice(0, 3).map((file) => `./${file}`), ...sdks], {
    cwd: folder,
  });
}, 300_000);

afterAll(async () => {
  for (const server of servers) server.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

describe('the archives, installed in an empty folder', () => {
  it.each(installed)('have nothing in %s that publint warns of', async (name) => {
    const pkgDir = join(folder, 'node_modules', name);
    const { messages } = await publint({ pkgDir, pack: false, strict: true });
    const manifest = JSON.parse(await readFile(join(pkgDir, 'package.json'), 'utf8'));
    expect(messages.map((message) => formatMessage(message, manifest, { color: false }))).toEqual([]);
  });

  it.each(installed)('have a licence, a README that stands alone and whole source maps in %s', async (name) => {
    const pkgDir = join(folder, 'node_modules', name);
    expect(await readFile(join(pkgDir, 'LICENSE'), 'utf8')).toContain('Apache License');
    expect(await readFile(join(pkgDir, 'README.md'), 'utf8')).not.toContain('](../');
    const map = JSON.parse(await readFile(join(pkgDir, 'dist/index.js.map'), 'utf8'));
    expect(map.sourcesContent).toHaveLength(map.sources.length);
  });

  it('start both servers and log a user in', async () => {
    const env = { ...process.env, FAUNADB_ROOT_KEY: 'a-root-key-of-archives' };
    const FAUNADB_URL = await start('faunadb-server', ['--memory', '--port', '0'], env);
    const SUPERTOKENS_URI = await start('core-server', ['--memory', '--port', '0'], env);
    const { stdout } = await run(process.execPath, ['login.mjs'], {
      cwd: folder,
      env: { ...env, FAUNADB_URL, SUPERTOKENS_URI, FAUNADB_SECRET: env.FAUNADB_ROOT_KEY },
    });
    expect(stdout.trim().split('\n')).toEqual(['logged in', '401']);
  }, 60_000);
});

describe('the presets for test runners, of the archives', () => {
  // The runners are those of the checkout; the rest is what an application has installed.
  const runner =
    (name: string, program: string) =>
    async (project: string, ...args: string[]) => {
      const place = join(folder, 'node_modules', name);
      await symlink(join(root, 'node_modules', name), place, 'junction');
      // Not the variables by which the runner of this test is known.
      const env = Object.fromEntries(
        Object.entries(process.env).filter(([key]) => !/^(VITEST|JEST|TEST|NODE_ENV)/.test(key)),
      );
      return run(process.execPath, [join(place, program), ...args], { cwd: join(folder, project), env });
    };

  it('run the tests of testing.md in Vitest, on servers of their own and on shared ones', async () => {
    const project = join(folder, 'vitest-project');
    await mkdir(project);
    const text = await readFile(join(root, 'docs/testing.md'), 'utf8');
    for (const [code, file = ''] of text.matchAll(/(?<=^```ts\n)\/\/ ([\w.-]+)\n.*?(?=^```$)/gms)) {
      await writeFile(join(project, file), code);
    }
    const config = `export default { test: { globalSetup: ['./global-setup.ts'], reporters: 'json' } };`;
    await writeFile(join(project, 'vitest.config.mjs'), config);
    const { stdout } = await runner('vitest', 'vitest.mjs')('vitest-project', 'run');
    const { testResults } = JSON.parse(stdout);
    expect(resultsOf(testResults)).toEqual([
      'has no token when the session has expired: passed',
      'queries as the user: passed',
      'runs on servers of another process: passed',
    ]);
  });

  it('run the same in Jest', async () => {
    await mkdir(join(folder, 'jest-project'));
    await writeFile(join(folder, 'jest-project/package.json'), '{ "private": true }');
    await cp(fileURLToPath(new URL('runners/jest.cjs', import.meta.url)), join(folder, 'jest-project/login.test.cjs'));
    const { stdout } = await runner('jest', 'bin/jest.js')('jest-project', '--json');
    expect(resultsOf(JSON.parse(stdout).testResults)).toEqual([
      'has no token when the session has expired: passed',
      'queries as the user, on what was seeded (1): passed',
      'queries as the user, on what was seeded (2): passed',
    ]);
  });
});

/** The tests in the report of a runner, each with its outcome. */
function resultsOf(files: readonly { assertionResults: readonly { title: string; status: string }[] }[]): string[] {
  return files
    .flatMap(({ assertionResults }) => assertionResults.map(({ title, status }) => `${title}: ${status}`))
    .sort();
}

/** @returns the address that the server says it listens on. */
async function start(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const program = join(folder, 'node_modules', name, 'bin', `${name}.mjs`);
  const server = spawn(process.execPath, [program, ...args], { cwd: folder, env, stdio: 'pipe' });
  servers.push(server);
  for (const stream of [server.stdout, server.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      const url = /https?:\/\/[\w.:[\]-]+\d/.exec(line)?.[0];
      if (url !== undefined) server.emit('listening', url);
    });
  }
  return new Promise((resolve, reject) => {
    server.once('listening', resolve);
    server.once('exit', (code) => reject(new Error(`${name} ended with ${code}.`)));
  });
}
