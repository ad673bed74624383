import faunadb from 'faunadb';
import { expect, it } from 'vitest';
import { QueryBatches } from '../src/backend/query-batches.js';
import { provideFixture } from './support/fixture.js';

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
