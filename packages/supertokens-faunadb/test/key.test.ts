import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client as Fql10Client, fql } from 'fauna';
import faunadb from 'faunadb';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../src/cli/main.js';
import { failureOf } from '../src/fauna/base/failure.js';
import type { FaunaQuery } from '../src/fauna/base/types.js';
import { languageOf } from '../src/fauna/languages.js';
import { doctor, type FaunadbSessionOptions, makeKey } from '../src/index.js';
import { clientOf as clientOfDriver, type Driver, drivers, eventually } from './support/database.js';
import { login, provideFixture, refresh, revoke } from './support/fixture.js';

const q = faunadb.query;

const idOf = (userId: string) => (createHash('sha256').update(userId).digest().readBigUInt64BE() >> 2n).toString();

type Options = Omit<FaunadbSessionOptions, 'faunaDBClient'>;

/** How each language finds users, and what a key for that may not do. */
const languages: Record<Driver, { indexed: Options; created: Options; forbidden: FaunaQuery[]; any: FaunaQuery }> = {
  faunadb: {
    indexed: { userRef: ({ userId }) => q.Select('ref', q.Get(q.Match(q.Index('users_by_login'), userId))) },
    created: {
      userRef: ({ userId }) => q.Ref(q.Collection('users'), idOf(userId)),
      createUser: ({ userId }) => ({ data: { login: userId } }),
    },
    forbidden: [
      q.Get(q.Ref(q.Collection('posts'), '1')),
      q.Create(q.Collection('posts'), {}),
      q.CreateCollection({ name: 'mine' }),
      q.CreateKey({ role: 'admin' }),
    ],
    any: q.Now(),
  },
  fauna: {
    indexed: { userRef: ({ userId }) => fql`users.byLogin(${userId}).first() // not of posts` },
    created: {
      userRef: ({ userId }) => fql`Collection("users").byId(${idOf(userId)})`,
      createUser: ({ userId }) => ({ login: fql`${userId}.toLowerCase()`, since: new Date() }),
    },
    forbidden: [
      fql`posts.byId("1")!`,
      fql`posts.create({})`,
      fql`Collection.create({ name: "mine" })`,
      fql`Key.create({ role: "admin" })`,
    ],
    any: fql`1`,
  },
};

describe.each(drivers)('with the driver %s', (driver) => {
  const { indexed, created, forbidden, any } = languages[driver];
  const fixture = provideFixture(driver);
  const clientOf = (secret: string) => clientOfDriver(driver, fixture.database.url, secret);
  const adminClient = () => clientOf(fixture.database.adminSecret);
  const send = async (client: ReturnType<typeof clientOf>, query: FaunaQuery) =>
    (await languageOf(client)).run(client, query, { timeout: 5_000, signal: AbortSignal.timeout(5_000) });

  beforeAll(async () => {
    const admin = new faunadb.Client({ endpoint: fixture.database.url, secret: fixture.database.adminSecret });
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
    const admin10 = clientOfDriver('fauna', fixture.database.url, fixture.database.adminSecret) as Fql10Client;
    await admin10.query(fql`users.definition.update({ indexes: { byLogin: { terms: [{ field: "login" }] } } })`, {
      query_timeout_ms: 30_000,
    });
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  const ways: [string, Options, () => Promise<string>][] = [
    ['ids of documents', { userCollectionName: 'users' }, () => fixture.database.createUser()],
    ['an index', indexed, async () => 'auth0|ada'],
    ['documents created at the first login', created, async () => crypto.randomUUID()],
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
      expect(findings.filter(({ ok }) => !ok).map(({ message }) => message)).toEqual([]);
    });

    it('is no more than that', async () => {
      const { secret } = await makeKey({ adminClient: adminClient(), options });
      const client = clientOf(secret);
      await eventually(() => send(client, any));
      for (const action of forbidden) {
        const refusal = await send(client, action).catch((error) => failureOf(error)?.kind);
        expect(refusal).toBe('forbidden');
      }
    });
  });

  it('the doctor names each permission that is missing', async () => {
    const keyFor = async (userCollectionName: string) =>
      clientOf(
        (await makeKey({ adminClient: adminClient(), options: { userCollectionName }, roleName: userCollectionName }))
          .secret,
      );
    // Who may read a collection may use its indexes in FQL v10.
    const faunaDBClient = await keyFor(driver === 'faunadb' ? 'users' : 'posts');
    const missing = async (options: Options) => {
      const findings = await doctor({
        connectionURI: fixture.deployment.supertokensUri,
        options: { ...options, faunaDBClient },
      });
      return findings.find(({ check }) => check === 'FaunaDB permissions')?.message;
    };
    const search =
      driver === 'faunadb' ? /may not read the index "users_by_login"/ : /may not read the documents of "users"/;
    expect(await missing(indexed)).toMatch(search);
    expect(await missing(created)).toMatch(/create users with an id/);
  });

  it('the command line makes the key that a module of options needs, and examines it', async () => {
    const from = import.meta.resolve(driver);
    const file = join(tmpdir(), `options-${driver}-${process.pid}.mjs`);
    const modules = {
      faunadb: `import faunadb from '${from}';
      const { query: q } = faunadb;
      export const faunadbOptions = {
        userRef: ({ userId }) => q.Select('ref', q.Get(q.Match(q.Index('users_by_login'), userId))),
        faunaDBClient: new faunadb.Client({ endpoint: process.env.FAUNADB_URL, secret: process.env.FAUNADB_SECRET ?? 'none' }),
      };`,
      fauna: `import { Client, fql } from '${from}';
      export const faunadbOptions = {
        userRef: ({ userId }) => fql\`users.byLogin(\${userId}).first()\`,
        faunaDBClient: new Client({
          endpoint: new URL(process.env.FAUNADB_URL),
          secret: process.env.FAUNADB_SECRET ?? 'none',
        }),
      };`,
    };
    await writeFile(file, modules[driver]);
    vi.stubEnv('SUPERTOKENS_URI', fixture.deployment.supertokensUri);
    vi.stubEnv('FAUNADB_URL', fixture.database.url);
    vi.stubEnv('FAUNADB_ADMIN_SECRET', fixture.database.adminSecret);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await main(['node', 'supertokens-faunadb', 'key', '--options', file]);
    const secret = String(log.mock.lastCall?.[0]);
    vi.stubEnv('FAUNADB_SECRET', secret);
    await eventually(() => send(clientOf(secret), any));
    await main(['node', 'supertokens-faunadb', 'doctor', '--options', file, '--json']);
    const report = JSON.parse(String(log.mock.lastCall?.[0])) as { ok: boolean; findings: { message: string }[] };
    expect(report.ok).toBe(true);
    expect(report.findings.map(({ message }) => message).join('\n')).toContain(
      driver === 'faunadb' ? 'read the index "users_by_login"' : 'read the documents of "users"',
    );
    expect(JSON.stringify(report)).not.toContain(secret);
    expect(process.exitCode).toBeUndefined();
  });
});
