import { fql } from 'fauna';
import faunadb from 'faunadb';
import { describe, expect, it } from 'vitest';
import { QueryBatches } from '../src/backend/query-batches.js';
import { failureOf } from '../src/fauna/base/failure.js';
import { drivers } from './support/database.js';
import { FaultProxy } from './support/fault-proxy.js';
import { login, provideFixture } from './support/fixture.js';

const q = faunadb.query;

/** A query of each kind in both languages. */
const queries = {
  faunadb: {
    sum: (a: number, b: number) => q.Add(a, b),
    aborted: q.Abort('no'),
    missing: q.Get(q.Ref(q.Tokens(), '1')),
    forbidden: q.CreateKey({ role: 'admin' }),
  },
  fauna: {
    sum: (a: number, b: number) => fql`let a = ${a}
      a + ${b}`,
    aborted: fql`abort("no")`,
    missing: fql`Token.byId("1")!`,
    forbidden: fql`Key.create({ role: "admin" })`,
  },
};

describe.each(drivers)('with the driver %s', (driver) => {
  const fixture = provideFixture(driver);
  const { sum, ...wrong } = queries[driver];

  it.each(Object.entries(wrong))('answers the other queries of a turn where one is %s', async (kind, query) => {
    const batches = new QueryBatches(5_000);
    const [one, refused, two] = await Promise.allSettled(
      [sum(0, 1), query, sum(1, 1)].map((one) => batches.query(fixture.faunaDBClient, one)),
    );
    expect(refused?.status === 'rejected' && failureOf(refused.reason)?.kind).toBe(kind);
    expect([one, two]).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'fulfilled', value: 2 },
    ]);
  });

  it('sends those of one turn together', async () => {
    const batches = new QueryBatches(5_000);
    const time = driver === 'faunadb' ? q.ToMicros(q.Now()) : fql`Time.now().toMicros()`;
    const answers = await Promise.all([1, 2, 3].map(() => batches.query(fixture.faunaDBClient, time)));
    expect(new Set(answers).size).toBe(1);
  });

  it('creates the tokens of one turn by several requests, which FaunaDB evaluates side by side', async () => {
    const proxy = await FaultProxy.before(fixture.database.url, 'http2');
    const recipe = fixture.integration({ faunaDBClient: fixture.database.clientAt(proxy.url, driver) });
    const userIds = await Promise.all(Array.from({ length: 10 }, () => fixture.database.createUser()));
    await Promise.all(userIds.map((userId) => login(recipe, userId)));
    const created = proxy.taken().map(({ body }) => body.split(/"create":|Token\.create\(/).length - 1);
    expect(created.reduce((sum, count) => sum + count)).toBe(10);
    expect(Math.max(...created)).toBe(4);
    await proxy.stop();
  });
});
