import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import faunadb from 'faunadb';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../src/cli/main.js';
import { doctor, type FaunadbSessionOptions, makeKey } from '../src/index.js';
import { eventually } from './support/database.js';
import { login, provideFixture, refresh, revoke } from './support/fixture.js';

const q = faunadb.query;
const fixture = provideFixture();
const adminClient = () => new faunadb.Client({ endpoint: fixture.database.url, secret: fixture.database.adminSecret });
const clientOf = (secret: string) => new faunadb.Client({ endpoint: fixture.database.url, secret });

beforeAll(async () => {
  const admin = adminClient();
  await admin.query(q.CreateCollection({ name: 'posts' }));
  await admin.query(
    q.CreateIndex({
      name: 'users_by_login',
      source: q.Collection('users'),
      terms: [{ field: ['data', 'login'] }],
      unique: true,
    }),
  );
  await eventually(() => admin.query(q.Create(q.Collection('users'), { data: { login: 'auth0|ada' } })));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const idOf = (userId: string) => (createHash('sha256').update(userId).digest().readBigUInt64BE() >> 2n).toString();

type Options = Omit<FaunadbSessionOptions, 'faunaDBClient'>;
const ways: [string, Options, () => Promise<string>][] = [
  ['ids of documents', { userCollectionName: 'users' }, () => fixture.database.createUser()],
  [
    'an index',
    { userRef: ({ userId }) => q.Select('ref', q.Get(q.Match(q.Index('users_by_login'), userId))) },
    async () => 'auth0|ada',
  ],
  [
    'documents created at the first login',
    {
      userRef: ({ userId }) => q.Ref(q.Collection('users'), idOf(userId)),
      createUser: ({ userId }) => ({ data: { login: userId } }),
    },
    async () => crypto.randomUUID(),
  ],
];

describe.each(ways)('a key for users by %s', (_, options, someone) => {
  it('is enough, and the doctor says so', async () => {
    const { secret } = await makeKey({ adminClient: adminClient(), options });
    const faunaDBClient = clientOf(secret);
    const recipe = fixture.integration({
      ...options,
      userCollectionName: options.userCollectionName ?? 'users',
      faunaDBClient,
    });
    const userId = await someone();
    const session = await eventually(() => login(recipe, userId));
    const refreshed = await refresh(recipe, session);
    const token = await refreshed.getFaunadbToken({ checkAlive: true });
    expect(await fixture.database.identity(token)).toBeDefined();
    await revoke(recipe, refreshed);
    expect(await fixture.database.identity(token)).toBeUndefined();

    const findings = await doctor({
      connectionURI: fixture.deployment.supertokensUri,
      options: { ...options, faunaDBClient },
    });
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('is no more than that', async () => {
    const { secret } = await makeKey({ adminClient: adminClient(), options });
    const client = clientOf(secret);
    await eventually(() => client.query(q.Now()));
    const forbidden = [
      q.Get(q.Ref(q.Collection('posts'), '1')),
      q.Create(q.Collection('posts'), {}),
      q.CreateCollection({ name: 'mine' }),
      q.CreateKey({ role: 'admin' }),
    ];
    for (const action of forbidden)
      await expect(client.query(action)).rejects.toBeInstanceOf(faunadb.errors.FaunaHTTPError);
  });
});

it('the doctor names each permission that is missing', async () => {
  const [, indexed] = ways[1] as (typeof ways)[number];
  const [, created] = ways[2] as (typeof ways)[number];
  const { secret } = await makeKey({ adminClient: adminClient(), options: { userCollectionName: 'users' } });
  const faunaDBClient = clientOf(secret);
  const missing = async (options: Options) => {
    const findings = await doctor({
      connectionURI: fixture.deployment.supertokensUri,
      options: { ...options, faunaDBClient },
    });
    return findings.find(({ check }) => check === 'FaunaDB permissions')?.message;
  };
  expect(await missing(indexed)).toMatch(/may not read the index "users_by_login"/);
  expect(await missing(created)).toMatch(/may not create users with an id/);
});

it('the command line makes the key that a module of options needs, and examines it', async () => {
  const driver = import.meta.resolve('faunadb');
  const file = join(tmpdir(), `options-${process.pid}.mjs`);
  await writeFile(
    file,
    `import faunadb from '${driver}';
     const { query: q } = faunadb;
     export const faunadbOptions = {
       userRef: ({ userId }) => q.Select('ref', q.Get(q.Match(q.Index('users_by_login'), userId))),
       faunaDBClient: new faunadb.Client({ endpoint: process.env.FAUNADB_URL, secret: process.env.FAUNADB_SECRET ?? 'none' }),
     };`,
  );
  vi.stubEnv('SUPERTOKENS_URI', fixture.deployment.supertokensUri);
  vi.stubEnv('FAUNADB_URL', fixture.database.url);
  vi.stubEnv('FAUNADB_ADMIN_SECRET', fixture.database.adminSecret);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
  await main(['node', 'supertokens-faunadb', 'key', '--options', file]);
  const secret = String(log.mock.lastCall?.[0]);
  vi.stubEnv('FAUNADB_SECRET', secret);
  await eventually(() => clientOf(secret).query(q.Now()));
  await main(['node', 'supertokens-faunadb', 'doctor', '--options', file, '--json']);
  const report = JSON.parse(String(log.mock.lastCall?.[0])) as { ok: boolean; findings: { message: string }[] };
  expect(report.ok).toBe(true);
  expect(report.findings.map(({ message }) => message).join('\n')).toContain('read the index "users_by_login"');
  expect(JSON.stringify(report)).not.toContain(secret);
  expect(process.exitCode).toBeUndefined();
});
