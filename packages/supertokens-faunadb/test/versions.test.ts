import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CDI_OF_SDK } from '../src/operations/doctor.js';
import { provideFixture } from './support/fixture.js';

const run = promisify(execFile);
const fixture = provideFixture();
const here = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Each major version in the peer range, and the name under which it is installed. */
const installed = { 22: 'supertokens-node-22', 23: 'supertokens-node-23', 24: 'supertokens-node' };
const folders: string[] = [];

beforeAll(() => run(process.execPath, ['scripts/build.mjs'], { cwd: here }), 120_000);
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** An application's folder in which `supertokens-node` is that version. */
async function applicationWith(name: string): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'version-'));
  folders.push(folder);
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  for (const other of await readdir(join(root, 'node_modules'))) {
    if (other.startsWith('.') || ['supertokens-node', 'supertokens-faunadb'].includes(other)) continue;
    await symlink(join(root, 'node_modules', other), join(modules, other), 'junction');
  }
  await symlink(join(root, 'node_modules', name), join(modules, 'supertokens-node'), 'junction');
  // A copy, so that it finds the SDK of this folder; its own dependencies beside it.
  const copy = join(modules, 'supertokens-faunadb');
  await mkdir(copy);
  for (const part of ['package.json', 'dist', 'plugin', 'browser']) {
    await cp(join(here, part), join(copy, part), { recursive: true });
  }
  const own = join(here, 'node_modules');
  await symlink(own, join(copy, 'node_modules'), 'junction').catch(() => {});
  return folder;
}

it('are those of the peer range', async () => {
  const { peerDependencies } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));
  const majors = Object.keys(installed).map((major) => `^${major}.0.0`);
  expect(peerDependencies['supertokens-node']).toBe(majors.join(' || '));
  for (const [major, name] of Object.entries(installed)) {
    const { version } = JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'));
    expect(version.split('.')[0]).toBe(major);
    expect((await import(`${name}/lib/build/version.js`)).cdiSupported).toEqual([CDI_OF_SDK[major]]);
  }
  expect(Object.keys(CDI_OF_SDK)).toEqual(Object.keys(installed));
});

describe.each(Object.entries(installed))('supertokens-node %s', (major, name) => {
  let folder: string;

  beforeAll(async () => {
    folder = await applicationWith(name);
  }, 60_000);

  // The whole life of a token, in each place that it is kept in; and by the plugin, where this version has plugins.
  it('gives each session a token, replaces it and deletes it', async () => {
    await writeFile(
      join(folder, 'life.mjs'),
      `import faunadb from 'faunadb';
       import supertokens from 'supertokens-node';
       import Session from 'supertokens-node/recipe/session';
       import { RecipeImplementation } from 'supertokens-faunadb';
       import { faunadbPlugin } from 'supertokens-faunadb/plugin';
       const [uri, endpoint, secret, userId, mode] = process.argv.slice(2);
       const { query: q } = faunadb;
       const faunaDBClient = new faunadb.Client({ endpoint, secret });
       const options = { userCollectionName: 'users', faunaDBClient, refreshGracePeriod: 0, ...JSON.parse(mode) };
       const isPlugin = options.plugin === true;
       delete options.plugin;
       const functions = (original) => new RecipeImplementation(original, options);
       supertokens.init({
         supertokens: { connectionURI: uri },
         appInfo: { appName: 'App', apiDomain: 'http://localhost:3001', websiteDomain: 'http://localhost:3000' },
         telemetry: false,
         recipeList: [Session.init(isPlugin ? {} : { override: { functions } })],
         ...(isPlugin ? { experimental: { plugins: [faunadbPlugin(options)] } } : {}),
       });
       const whose = async (token) => {
         try {
           return await faunaDBClient.query(q.Select('id', q.CurrentIdentity()), { secret: token });
         } catch (error) {
           if (error instanceof faunadb.errors.Unauthorized) return 'nobody';
           throw error;
         }
       };
       const id = supertokens.convertToRecipeUserId(userId);
       const session = await Session.createNewSessionWithoutRequestResponse('public', id, { claim: 1 }, { data: 1 });
       const first = await session.getFaunadbToken();
       const { refreshToken } = session.getAllSessionTokensDangerously();
       const refreshed = await Session.refreshSessionWithoutRequestResponse(refreshToken, true);
       const second = await refreshed.getFaunadbToken();
       const verified = await Session.getSessionWithoutRequestResponse(refreshed.getAccessToken());
       const owners = [await whose(first), await whose(second), (await verified.getFaunadbToken()) === second];
       await refreshed.revokeSession();
       console.log(JSON.stringify([...owners, await whose(second), first === second]));
       process.exit();`,
    );
    const modes = [{ accessFaunadbTokenFromFrontend: true }, {}, { keepTokenOnRefresh: true }];
    const { supertokensUri } = fixture.deployment;
    for (const mode of [...modes, ...(Number(major) >= 23 ? [{ plugin: true }] : [])]) {
      const userId = await fixture.database.createUser();
      const { url, secret } = fixture.database;
      const args = ['life.mjs', supertokensUri, url, secret, userId, JSON.stringify(mode)];
      const { stdout } = await run(process.execPath, args, { cwd: folder });
      const isKept = 'keepTokenOnRefresh' in mode;
      expect(JSON.parse(stdout), JSON.stringify(mode)).toEqual([
        isKept ? userId : 'nobody',
        userId,
        true,
        'nobody',
        isKept,
      ]);
    }
  }, 120_000);

  it('agrees with the types', async () => {
    const usesPlugin = Number(major) >= 23;
    await writeFile(
      join(folder, 'types.ts'),
      `import { RecipeImplementation } from 'supertokens-faunadb';
       ${usesPlugin ? "import { faunadbPlugin } from 'supertokens-faunadb/plugin';" : ''}
       import type { SessionRequest } from 'supertokens-node/framework/express';
       import Session from 'supertokens-node/recipe/session';
       import type { TypeInput } from 'supertokens-node/types';
       type Options = ConstructorParameters<typeof RecipeImplementation>[1];
       export const recipe = (options: Options) =>
         Session.init({ override: { functions: (original) => new RecipeImplementation(original, options) } });
       export const token = (req: SessionRequest): Promise<string> => req.session!.getFaunadbToken();
       ${usesPlugin ? 'export const plugins = (options: Options): TypeInput["experimental"] => ({ plugins: [faunadbPlugin(options)] });' : 'export type { TypeInput };'}`,
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      'node',
    ];
    const { stdout } = await run(process.execPath, [tsc, ...flags, 'types.ts'], { cwd: folder }).catch(
      (error) => error,
    );
    expect(stdout).toBe('');
  }, 60_000);
});
