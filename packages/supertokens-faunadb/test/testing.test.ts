import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Client as Fql10Client, fql } from 'fauna';
import faunadb from 'faunadb';
import type { RecipeInterface, SessionContainer } from 'supertokens-node/recipe/session';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RecipeImplementation } from '../src/index.js';
import { connectTestServers, startTestServers, TEST_ROOT_KEY } from '../src/operations/testing/index.js';
import { provideTestServers } from '../src/operations/testing/vitest.js';
import { login, nextRequest, refresh } from './support/fixture.js';
import { plainRecipe } from './support/supertokens.js';

const q = faunadb.query;

const servers = provideTestServers({
  seed: async ({ client }) => {
    await client.query(q.CreateCollection({ name: 'users' }));
    await client.query(q.CreateCollection({ name: 'posts' }));
    await client.query(q.CreateRole({ name: 'user', membership: { resource: q.Collection('users') }, privileges: [] }));
    await client.query(q.Create(q.Ref(q.Collection('users'), '1'), { data: { name: 'Ada' } }));
  },
});

let recipe: RecipeInterface;

beforeEach(() => {
  recipe = new RecipeImplementation(plainRecipe(servers.supertokensUri), {
    userCollectionName: 'users',
    faunaDBClient: servers.client,
  });
});

const asToken = (secret: string, query: faunadb.Expr) => servers.client.query(query, { secret });
const count = (collection: string) => servers.client.query(q.Count(q.Documents(q.Collection(collection))));

describe('each test', () => {
  it.each([1, 2])('begins with what was seeded (%i)', async () => {
    expect(await count('users')).toBe(1);
    await servers.client.query(q.Create(q.Collection('users'), {}));
    const session = await login(recipe, '1');
    expect(await asToken(await session.getFaunadbToken(), q.Select('id', q.CurrentIdentity()))).toBe('1');
    expect(await recipe.getAllSessionHandlesForUser(everySessionOf('1'))).toHaveLength(1);
  });
});

it('going back leaves no session, token or collection, and nothing that either server remembers of them', async () => {
  const session = await login(recipe, '1');
  const token = await session.getFaunadbToken();
  await servers.client.query(q.CreateCollection({ name: 'later' }));
  servers.reset();
  await expect(asToken(token, q.Now())).rejects.toBeInstanceOf(faunadb.errors.Unauthorized);
  await expect(count('later')).rejects.toThrow();
  await expect(refresh(recipe, session as SessionContainer)).rejects.toMatchObject({ type: 'UNAUTHORISED' });
  expect(await recipe.getAllSessionHandlesForUser(everySessionOf('1'))).toEqual([]);
});

it('what a role allowed before going back, it does not allow after', async () => {
  const instance = q.Ref(q.Collection('users'), '1');
  const { secret } = await servers.client.query<{ secret: string }>(q.Create(q.Tokens(), { instance }));
  const before = servers.snapshot();
  const allow = (collection: string) =>
    servers.client.query(
      q.Update(q.Role('user'), { privileges: [{ resource: q.Collection(collection), actions: { create: true } }] }),
    );
  await allow('posts');
  await asToken(secret, q.Create(q.Collection('posts'), {}));
  servers.restore(before);
  await allow('users');
  await expect(asToken(secret, q.Create(q.Collection('posts'), {}))).rejects.toBeInstanceOf(
    faunadb.errors.PermissionDenied,
  );
});

it('slow queries, which other processes evaluate, see the state that was gone back to', async () => {
  const { client } = servers;
  // So many steps that the serving process gives the query to another one.
  const slow = (query: faunadb.Expr) =>
    q.Let(
      {
        total: q.Reduce(
          q.Lambda((sum, n) => q.Add(sum, n)),
          0,
          q.Map(
            Array.from({ length: 60_000 }, () => 1),
            q.Lambda((n) => q.Add(n, 1)),
          ),
        ),
      },
      query,
    );
  const names = () =>
    client.query<string[]>(
      slow(
        q.Select(
          'data',
          q.Map(
            q.Paginate(q.Collections()),
            q.Lambda((ref) => q.Select('id', ref)),
          ),
        ),
      ),
    );
  const seeded = (await names()).sort();
  await client.query(q.CreateCollection({ name: 'later' }));
  expect(await names()).toContain('later');
  servers.reset();
  expect((await names()).sort()).toEqual(seeded);
});

it('a clock that is moved ends tokens and sessions', async () => {
  const session = await login(recipe, '1');
  const token = await session.getFaunadbToken();
  servers.advance(3_600_000 + 31_000);
  await expect(asToken(token, q.Now())).rejects.toBeInstanceOf(faunadb.errors.Unauthorized);
  await expect(nextRequest(recipe, session as SessionContainer)).rejects.toMatchObject({ type: 'TRY_REFRESH_TOKEN' });
  const refreshed = await refresh(recipe, session as SessionContainer);
  expect(await asToken(await refreshed.getFaunadbToken(), q.Select('id', q.CurrentIdentity()))).toBe('1');
  servers.advance(101 * 86_400_000);
  await expect(refresh(recipe, refreshed)).rejects.toMatchObject({ type: 'UNAUTHORISED' });
  expect(new Date() <= new Date(Date.now())).toBe(true);
  expect(new Date(0) instanceof Date).toBe(true);
});

it('servers keep their time when a test sets `Date` to the past, and follow it into the future', async () => {
  const session = await login(recipe, '1');
  const token = await session.getFaunadbToken();
  const now = () => servers.client.query<{ value: string }>(q.Now()).then(({ value }) => Date.parse(value));
  const real = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  expect(await now()).toBeGreaterThanOrEqual(real);
  vi.setSystemTime(real + 3_600_000 + 31_000);
  await expect(asToken(token, q.Now())).rejects.toBeInstanceOf(faunadb.errors.Unauthorized);
  vi.useRealTimers();
});

it('refuses to set the clock back', () => {
  for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => servers.advance(wrong)).toThrow(RangeError);
});

it('servers in another process are seeded, reset and advanced by those that connect to them', async () => {
  const script = fileURLToPath(new URL('support/test-servers.ts', import.meta.url));
  const other = fork(script, { execArgv: ['--conditions=source', '--import', 'tsx'] });
  const [env] = (await once(other, 'message')) as [Record<string, string>];
  const shared = await connectTestServers(env.TEST_SERVERS_URL);
  expect(shared.env).toEqual(env);
  const collections = () => shared.client.query<string[]>(q.Select('data', q.Paginate(q.Collections())));
  await shared.seed(async ({ client }) => {
    await client.query(q.CreateCollection({ name: 'users' }));
    await client.query(q.Create(q.Ref(q.Collection('users'), '1'), {}));
  });
  await shared.client.query(q.CreateCollection({ name: 'later' }));
  await shared.reset();
  expect(await collections()).toHaveLength(1);

  const remote = new RecipeImplementation(plainRecipe(shared.supertokensUri), {
    userCollectionName: 'users',
    faunaDBClient: shared.client,
  });
  const session = await login(remote, '1');
  const token = await session.getFaunadbToken();
  await shared.advance(3_600_000 + 31_000);
  await expect(shared.client.query(q.Now(), { secret: token })).rejects.toBeInstanceOf(faunadb.errors.Unauthorized);
  await expect(nextRequest(remote, session as SessionContainer)).rejects.toMatchObject({ type: 'TRY_REFRESH_TOKEN' });
  const refreshed = await refresh(remote, session as SessionContainer);
  await shared.advance(101 * 86_400_000);
  await expect(refresh(remote, refreshed)).rejects.toMatchObject({ type: 'UNAUTHORISED' });
  await expect(shared.advance(-1)).rejects.toThrow(RangeError);

  const stranger = new URL('/elsewhere', env.TEST_SERVERS_URL).href;
  await expect(connectTestServers(stranger)).rejects.toThrow('There is nothing at this address');
  await shared.close();
  const exit = once(other, 'exit');
  other.disconnect();
  expect((await exit)[0]).toBe(0);
});

it('several are apart, each with a root key of its own', async () => {
  const other = await startTestServers({ rootKey: 'another-root-key' });
  expect(servers.rootKey).toBe(TEST_ROOT_KEY);
  await expect(other.client.query(q.Now(), { secret: TEST_ROOT_KEY })).rejects.toThrow();
  expect(await other.client.query(q.Exists(q.Collection('users')))).toBe(false);
  await other.stop();
});

it('a client of the other driver is had by its name', async () => {
  const other = await startTestServers<Fql10Client>({ driver: 'fauna' });
  const { data } = await other.client.query<string>(fql`Collection.create({ name: "users" }).name`, {
    // The server loads the language at its first query.
    query_timeout_ms: 60_000,
  });
  expect(data).toBe('users');
  await other.stop();
});

function everySessionOf(userId: string) {
  return { userId, fetchSessionsForAllLinkedAccounts: true, tenantId: 'public', userContext: {} as never };
}
