import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import resolve from 'resolve';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** The packages that others install, and the name under which an application imports each. */
const packages = {
  'supertokens-faunadb': 'supertokens-faunadb',
  'faunadb-server': 'faunadb-server',
  'core-server': 'core-server',
  'supertokens-node-faunadb': 'supertokens-node',
  'supertokens-website-faunadb': 'supertokens-website',
  'supertokens-auth-react-faunadb': 'supertokens-auth-react',
};
type PackageName = keyof typeof packages;
const names = Object.keys(packages) as PackageName[];
const aliases = ['supertokens-node', 'supertokens-website', 'supertokens-auth-react'];

let project: string;
const tarballs = new Map<PackageName, string>();

// An application's folder, with what `npm install` would lay out of each package's archive.
beforeAll(async () => {
  project = await mkdtemp(join(await realpath(tmpdir()), 'resolution-'));
  const modules = join(project, 'node_modules');
  await mkdir(modules);
  for (const name of names) {
    await run('npm', ['run', 'build', '--silent', '--workspace', name], { cwd: root });
    const { stdout } = await run('npm', ['pack', '--json', '--workspace', name, '--pack-destination', project], {
      cwd: root,
    });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    tarballs.set(name, join(project, filename));
    const folder = join(modules, packages[name]);
    await mkdir(folder);
    await run('tar', ['-xzf', filename, '-C', relative(project, folder), '--strip-components=1'], { cwd: project });
  }
  const installed = join(root, 'node_modules');
  // The plugin's users have the SDK itself.
  const pluginModules = join(project, 'plugin/node_modules');
  await mkdir(pluginModules, { recursive: true });
  await cp(join(modules, 'supertokens-faunadb'), join(pluginModules, 'supertokens-faunadb'), { recursive: true });
  await symlink(join(installed, 'supertokens-node'), join(pluginModules, 'supertokens-node'), 'junction');
  for (const name of await readdir(installed)) {
    if (name.startsWith('.') || (Object.values(packages) as string[]).includes(name)) continue;
    await symlink(join(installed, name), join(modules, name), 'junction');
  }
}, 300_000);

afterAll(() => rm(project, { recursive: true, force: true }));

/** What an application may import of each package, by its files: `recipe/session`, `lib/build/recipe/session/types`. */
function pathsOf(sdk: string): Promise<string[]> {
  return modulesIn(dirname(require.resolve(`${sdk}-sdk`)));
}

async function modulesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found
    .filter((entry) => entry.isFile() && entry.name.endsWith('.d.ts'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    // Some declarations are of modules that the SDK has packed into others.
    .filter((file) => existsSync(join(folder, file.replace(/d\.ts$/, 'js'))))
    .filter((file) => /^(index|(custom|framework|lib\/build|nextjs|recipe|types|ui|utils)\/.*)\.d\.ts$/.test(file));
  const modules = files.map((file) => file.slice(0, -'.d.ts'.length));
  const folders = modules.filter((module) => module.endsWith('/index')).map((module) => module.slice(0, -6));
  return [...modules, ...folders].sort();
}

const ownEntries = [
  '',
  '/browser',
  '/plugin',
  '/react',
  '/fauna/browser',
  '/fauna/react',
  '/nextjs',
  '/testing',
  '/testing/jest',
].map((entry) => `supertokens-faunadb${entry}`);
const oldPaths = [
  'supertokens-node/recipe/session/faunadb',
  'supertokens-node/recipe/session/faunadb/types',
  'supertokens-node/lib/build/recipe/session/faunadb',
  'supertokens-node/lib/build/recipe/session/faunadb/types',
  'supertokens-node/lib/build/recipe/session/faunadb/recipeImplementation',
];

/** Names that must be found, each in the module that has it. */
const imports: readonly (readonly [string, string])[] = [
  ['RecipeImplementation', 'supertokens-faunadb'],
  ['createFaunaClient', 'supertokens-faunadb/browser'],
  ['faunadbPlugin', 'supertokens-faunadb/plugin'],
  ['useFaunaClient', 'supertokens-faunadb/react'],
  ['createFaunaClient', 'supertokens-faunadb/fauna/browser'],
  ['useFaunaClient', 'supertokens-faunadb/fauna/react'],
  ['createFaunaServer', 'faunadb-server'],
  ['createCoreServer', 'core-server'],
  ['init', 'supertokens-node'],
  ['middleware', 'supertokens-node'],
  ['verifySession', 'supertokens-node/recipe/session'],
  ['createNewSession', 'supertokens-node/recipe/session'],
  ['verifySession', 'supertokens-node/recipe/session/framework/express'],
  ['errorHandler', 'supertokens-node/framework/express'],
  ['PermissionClaim', 'supertokens-node/recipe/userroles'],
  ['SessionContainer', 'supertokens-node/recipe/session/faunadb'],
  ['RecipeImplementation', 'supertokens-node/recipe/session/faunadb'],
  ['RecipeImplementation', 'supertokens-node/lib/build/recipe/session/faunadb'],
  ['SessionContainerInterface', 'supertokens-node/lib/build/recipe/session/types'],
  ['NormalisedAppinfo', 'supertokens-node/lib/build/types'],
  ['TypeInput', 'supertokens-node/types'],
  ['getJWTPayloadSecurely', 'supertokens-website'],
  ['PrimitiveClaim', 'supertokens-website/lib/build/claims/primitiveClaim'],
  ['getJWTPayloadSecurely', 'supertokens-auth-react/recipe/session'],
  ['SessionAuth', 'supertokens-auth-react/recipe/session'],
];
const typesOnly = ['SessionContainer', 'SessionContainerInterface', 'NormalisedAppinfo', 'TypeInput'];

describe('TypeScript', () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  /** What the compiler has to say. */
  async function compile(module: string, how: string, file: string): Promise<string> {
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--esModuleInterop',
      '--target',
      'es2022',
      '--jsx',
      'react',
    ];
    const args = [...flags, '--module', module, '--moduleResolution', how, '--types', 'node', file];
    return (await run(process.execPath, [compiler, ...args], { cwd: project }).catch((error) => error)).stdout;
  }

  const resolutions = [
    ['commonjs', 'node10', 'app.ts'],
    ['node16', 'node16', 'app.cts'],
    ['node16', 'node16', 'app.mts'],
    ['nodenext', 'nodenext', 'app.cts'],
    ['nodenext', 'nodenext', 'app.mts'],
    ['esnext', 'bundler', 'app.ts'],
  ] as const;

  // The compiler sees an addition to the SDK's types only where it reads the module that makes it.
  it.each(resolutions)(
    'knows the session of the plugin alone with --module %s --moduleResolution %s, in %s',
    async (module, how, file) => {
      await writeFile(
        join(project, 'plugin', file),
        `import type { SessionRequest } from 'supertokens-node/framework/express';
         import { faunadbPlugin, type SessionContainer } from 'supertokens-faunadb/plugin';
         export const plugin = faunadbPlugin;
         export const tokens = async (session: SessionContainer, req: SessionRequest): Promise<[string, string]> =>
           [await session.getFaunadbToken(), await req.session!.getFaunadbToken({ checkAlive: true })];`,
      );
      expect(await compile(module, how, `plugin/${file}`)).toBe('');
    },
    120_000,
  );

  it.each(resolutions)(
    'finds every module with --module %s --moduleResolution %s, in %s',
    async (module, how, file) => {
      const lines = imports.map(([name, from], i) => {
        const isType = typesOnly.includes(name);
        return `import ${isType ? 'type ' : ''}{ ${name} as n${i} } from '${from}';\nexport ${isType ? `type T${i} = n${i}` : `const v${i}: object = n${i}`};`;
      });
      const session = `
      import { SessionContainer } from 'supertokens-node/lib/build/recipe/session/faunadb';
      export const token = async (session: SessionContainer): Promise<[string, object]> =>
        [await session.getFaunadbToken(), session.getJWTPayload()];`;
      const text = [...lines, session, ...oldPaths.map((path, i) => `import * as o${i} from '${path}';`)].join('\n');
      await writeFile(join(project, file), text);
      expect(await compile(module, how, file)).toBe('');
    },
    120_000,
  );
});

describe.each(['require', 'import'])('Node, by %s', (how) => {
  it('loads every module of the backend', async () => {
    const paths = (await pathsOf('supertokens-node')).map((path) => `supertokens-node/${path}`);
    // The SDK's own exports name no folder of lib/, and its Next.js and Loopback modules need packages of their own.
    const apart = /nextjs|loopback|awsLambda/;
    const all = [
      ...paths.filter((path) => !apart.test(path)),
      ...oldPaths,
      ...ownEntries,
      'supertokens-node',
      'core-server',
      'faunadb-server',
    ];
    const file = join(project, how === 'require' ? 'load.cjs' : 'load.mjs');
    const load = how === 'require' ? 'require(path)' : 'await import(path)';
    await writeFile(
      file,
      `(async () => { const failed = [];
        for (const path of ${JSON.stringify(all)}) {
          try { if (Object(${load}) === undefined) failed.push(path); } catch (error) { failed.push(path + ': ' + error.message); }
        }
        process.stdout.write(failed.join('\\n'));
        process.exit(0);
      })();`,
    );
    const { stdout } = await run(process.execPath, [file], { cwd: project });
    expect(stdout).toBe('');
  }, 60_000);
});

describe('a resolver that reads no "exports", as those of Jest 27, webpack 4 and Browserify', () => {
  const find = (path: string) => resolve.sync(path, { basedir: project, preserveSymlinks: true });

  it.each(aliases)('finds every module of %s, and none of another package', async (sdk) => {
    const paths = [...(await pathsOf(sdk)).map((path) => `${sdk}/${path}`), sdk];
    const here = join(project, 'node_modules', sdk) + sep;
    expect(paths.filter((path) => !find(path).startsWith(here))).toEqual([]);
  });

  it('finds the old paths, the entry points and the servers, in CommonJS', async () => {
    for (const path of [...oldPaths, ...ownEntries, 'faunadb-server', 'core-server']) {
      const file = find(path);
      expect(await isCommonJS(file), `${path}: ${file}`).toBe(true);
    }
  });
});

/** What it says of a module that re-exports one of another package, into which it does not look. */
const blind = ['CJSOnlyExportsDefault', 'FalseExportDefault'];

describe('arethetypeswrong', () => {
  it.each(names)(
    'has nothing to say about %s',
    async (name) => {
      const data = await readFile(tarballs.get(name) ?? '');
      const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(data)));
      if (analysis.types === false) throw new Error('no types');
      const isAlias = aliases.includes(packages[name]);
      const problems = analysis.problems.filter(({ kind }) => !isAlias || !blind.includes(kind));
      expect(problems).toEqual([]);
    },
    60_000,
  );
});

async function isCommonJS(file: string): Promise<boolean> {
  if (file.endsWith('.cjs')) return true;
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    if (manifest !== undefined) return JSON.parse(manifest).type !== 'module';
  }
  return false;
}
