import faunadb from 'faunadb';
import { expect, it } from 'vitest';
import { QueryBatches } from '../src/backend/query-batches.js';
import { FaultProxy } from './support/fault-proxy.js';
import { login, provideFixture } from './support/fixture.js';

const q = faunadb.query;
const fixture = provideFixture();

it.each([
  ['aborts', q.Abort('no'), faunadb.errors.BadRequest],
  ['finds nothing', q.Get(q.Ref(q.Tokens(), '1')), faunadb.errors.NotFound],
  ['is not allowed', q.CreateKey({ role: 'admin' }), faunadb.errors.PermissionDenied],
])('answers the other queries of a turn where one %s', async (_, wrong, failure) => {
  const batches = new QueryBatches(5_000);
  const [one, refused, two] = await Promise.allSettled(
    [q.Add(0, 1), wrong, q.Add(1, 1)].map((query) => batches.query(fixture.database.client, query)),
  );
  expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(failure) });
  expect([one, two]).toEqual([
    { status: 'fulfilled', value: 1 },
    { status: 'fulfilled', value: 2 },
  ]);
});

it('creates the tokens of one turn by several requests, which FaunaDB evaluates side by side', async () => {
  const proxy = await FaultProxy.before(fixture.database.url, 'http2');
  const faunaDBClient = new faunadb.Client({ endpoint: proxy.url, secret: fixture.database.secret });
  const recipe = fixture.integration({ faunaDBClient });
  const userIds = await Promise.all(Array.from({ length: 10 }, () => fixture.database.createUser()));
  await Promise.all(userIds.map((userId) => login(recipe, userId)));
  const created = proxy.taken().map(({ body }) => body.split('"create":').length - 1);
  expect(created.reduce((sum, count) => sum + count)).toBe(10);
  expect(Math.max(...created)).toBe(4);
  await faunaDBClient.close({ force: true });
  await proxy.stop();
});
