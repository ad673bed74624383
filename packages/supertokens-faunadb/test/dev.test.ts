import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import faunadb from 'faunadb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Development, startDevelopment } from '../src/operations/dev.js';

const q = faunadb.query;
const driver = import.meta.resolve('faunadb');
let folder: string;
let schema: string;
let development: Development | undefined;
let logged: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-'));
  schema = join(folder, 'schema.mjs');
  logged = [];
  await writeSchema('users');
});

afterEach(async () => {
  await development?.stop();
  development = undefined;
  await rm(folder, { recursive: true, force: true });
});

const writeSchema = (...collections: string[]) =>
  writeFile(
    schema,
    `import faunadb from '${driver}';
     const { query: q } = faunadb;
     const admin = new faunadb.Client({ endpoint: process.env.FAUNADB_URL, secret: process.env.FAUNADB_ADMIN_SECRET });
     for (const name of ${JSON.stringify(collections)}) {
       await admin.query(q.If(q.Exists(q.Collection(name)), null, q.CreateCollection({ name })));
     }
     await admin.close();`,
  );

async function start(): Promise<Development['env']> {
  development = await startDevelopment({
    data: join(folder, 'data'),
    envFile: join(folder, '.env'),
    schema,
    options: async () => ({ userCollectionName: 'users' }),
    faunaPort: 0,
    corePort: 0,
    log: (line) => logged.push(line),
  });
  return development.env;
}

const clientOf = (env: Development['env'], secret = 'FAUNADB_SECRET') =>
  new faunadb.Client({ endpoint: env.FAUNADB_URL ?? '', secret: env[secret] ?? '' });

it('starts both servers, applies the schema and writes an environment that only its owner may read', async () => {
  await writeFile(join(folder, '.env'), 'MINE=kept\nFAUNADB_URL=http://old\n');
  const env = await start();
  expect((await fetch(`${env.SUPERTOKENS_URI}/hello`)).status).toBe(200);
  expect(await clientOf(env).query(q.Exists(q.Collection('users')))).toBe(true);
  const lines = (await readFile(join(folder, '.env'), 'utf8')).trim().split('\n');
  expect(lines).toEqual(['MINE=kept', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)]);
  if (process.platform !== 'win32') expect((await stat(join(folder, '.env'))).mode & 0o077).toBe(0);
});

it('gives FAUNADB_SECRET no more than the options need', async () => {
  const env = await start();
  await expect(clientOf(env).query(q.CreateCollection({ name: 'mine' }))).rejects.toBeInstanceOf(
    faunadb.errors.PermissionDenied,
  );
  expect(await clientOf(env, 'FAUNADB_SERVER_SECRET').query(q.CreateCollection({ name: 'ours' }))).toBeDefined();
});

it('applies the schema again when it changes, and says so', async () => {
  const env = await start();
  await writeSchema('users', 'posts');
  const admin = clientOf(env, 'FAUNADB_ADMIN_SECRET');
  await vi.waitFor(async () => expect(await admin.query(q.Exists(q.Collection('posts')))).toBe(true), 20_000);
  await writeFile(schema, 'throw new Error();');
  await vi.waitFor(() => expect(logged.at(-1)).toMatch(/ended with 1: see above/), 20_000);
  expect(await admin.query(q.Add(1, 1))).toBe(2);
});

it('has the same data and keys at the next start', async () => {
  const first = await start();
  const server = clientOf(first, 'FAUNADB_SERVER_SECRET');
  await server.query(q.Create(q.Ref(q.Collection('users'), '1'), {}));
  await server.close({ force: true });
  await development?.stop();
  const second = await start();
  expect(second.FAUNADB_SECRET).toBe(first.FAUNADB_SECRET);
  expect(await clientOf(second).query(q.Exists(q.Ref(q.Collection('users'), '1')))).toBe(true);
});
