import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const cwd = fileURLToPath(new URL('..', import.meta.url));
const node = (...args: string[]) =>
  run(process.execPath, args, { cwd }).then(({ stdout }) => stdout.trim().split('\n'));

beforeAll(async () => {
  await node('scripts/build.mjs');
}, 120_000);

const entries = [
  'supertokens-faunadb',
  'supertokens-faunadb/browser',
  'supertokens-faunadb/fauna/browser',
  'supertokens-faunadb/plugin',
];

it.each(entries)('%s is the same for require and import', async (entry) => {
  const names =
    'Object.keys(m).filter((k) => !["default", "module.exports", "__esModule"].includes(k)).sort().join("\\n")';
  const required = await node('-e', `const m = require("${entry}"); console.log(${names})`);
  const imported = await node('--input-type=module', '-e', `import * as m from "${entry}"; console.log(${names})`);
  expect(required).toEqual(imported);
  expect(imported.length).toBeGreaterThan(0);
});

it('has the same errors in both builds, which a process may load side by side', async () => {
  const script = `
    import { FaunadbSessionError } from 'supertokens-faunadb';
    import { createRequire } from 'node:module';
    const other = createRequire(process.cwd() + '/')('supertokens-faunadb');
    class Theirs extends FaunadbSessionError {}
    const error = new other.FaunadbSessionError('USER_NOT_FOUND', '');
    console.log([error, new TypeError(), undefined].map((value) => value instanceof FaunadbSessionError).join());
    console.log([error, new Theirs()].map((value) => value instanceof Theirs).join());`;
  expect(await node('--input-type=module', '-e', script)).toEqual(['true,false,false', 'false,true']);
});

it('works in CommonJS, where the documentation of the old integration is at home', async () => {
  const script = `
    const faunadb = require('faunadb');
    const supertokens = require('supertokens-node');
    const Session = require('supertokens-node/recipe/session');
    const { RecipeImplementation } = require('supertokens-faunadb');
    supertokens.init({
      supertokens: { connectionURI: 'http://127.0.0.1:1' },
      appInfo: { appName: 'test', apiDomain: 'http://localhost', websiteDomain: 'http://localhost' },
      recipeList: [Session.init({ override: { functions: (originalImplementation) =>
        new RecipeImplementation(originalImplementation, {
          userCollectionName: 'users',
          faunaDBClient: new faunadb.Client({ secret: 'x' }),
        }) } })],
    });
    console.log('initialised');`;
  expect(await node('-e', script)).toEqual(['initialised']);
});

it('is found by a compiler that does not read "exports", the default of CommonJS', async () => {
  const folder = fileURLToPath(new URL('snippets/builds', import.meta.url));
  await mkdir(folder, { recursive: true });
  const paths = [...entries, 'supertokens-faunadb/react', 'supertokens-faunadb/fauna/react'];
  await writeFile(`${folder}/entries.ts`, paths.map((path, i) => `export * as m${i} from '${path}';\n`).join(''));
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  const flags = [
    '--noEmit',
    '--skipLibCheck',
    '--esModuleInterop',
    '--module',
    'commonjs',
    '--moduleResolution',
    'node10',
  ];
  expect(await node(compiler, ...flags, '--target', 'es2022', `${folder}/entries.ts`)).toEqual(['']);
}, 60_000);

it('has its commands', async () => {
  expect((await node('bin/supertokens-faunadb.mjs', '--help')).join('\n')).toMatch(/sweep.*doctor/s);
});
