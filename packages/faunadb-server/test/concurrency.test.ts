import { type ExprArg, query as q } from 'faunadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFaunaServer, type FaunaServer } from '../src/server/fauna-server.js';
import { ask, QueryError, ROOT_KEY } from './server.js';

let server: FaunaServer;
const run = (query: ExprArg) => ask(server.url, query as object);

beforeAll(async () => {
  server = await createFaunaServer({ rootKey: ROOT_KEY });
  await run(q.CreateCollection({ name: 'things' }));
  const source = q.Collection('things');
  await run(q.CreateIndex({ name: 'by_name', source, terms: [{ field: ['data', 'name'] }], unique: true }));
});
afterAll(() => server.close());

const thing = (id: string) => q.Ref(q.Collection('things'), id);
const field = (id: string, name: string) => q.Select(['data', name], q.Get(thing(id)));

/** Does work from many clients at once, each of them one piece after the other. */
async function concurrently<T>(clients: number, pieces: number, work: (client: number, piece: number) => Promise<T>) {
  const done = Array.from({ length: clients }, async (_, client) => {
    const results: T[] = [];
    for (let piece = 0; piece < pieces; piece++) results.push(await work(client, piece));
    return results;
  });
  return (await Promise.all(done)).flat();
}

describe('queries that run at the same time', () => {
  it('count as if one after the other', async () => {
    await run(q.Create(thing('1'), { data: { count: 0 } }));
    const increment = q.Select(
      ['data', 'count'],
      q.Update(thing('1'), { data: { count: q.Add(field('1', 'count'), 1) } }),
    );
    const counts = await concurrently(20, 10, () => run(increment));
    // Nobody has seen a number that another one has seen as well.
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });

  it('make one document of a unique value, whoever comes first', async () => {
    const outcomes = await concurrently(50, 1, (client) =>
      run(q.Create(q.Collection('things'), { data: { name: 'the one', client } })).then(
        () => 'made',
        (error) => (error instanceof QueryError ? error.code : Promise.reject(error)),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'made')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'instance not unique')).toHaveLength(49);
    expect(await run(q.Count(q.Match(q.Index('by_name'), 'the one')))).toBe(1);
  });

  it('read one snapshot, never one half of a write', async () => {
    for (const id of ['2', '3']) await run(q.Create(thing(id), { data: { n: 0 } }));
    const set = (n: string) => q.Do(...['2', '3'].map((id) => q.Update(thing(id), { data: { n } })));
    const writers = concurrently(5, 20, (client, piece) => run(set(`${client} ${piece}`)));
    const seen: [string, string][] = await concurrently(10, 20, () => run([field('2', 'n'), field('3', 'n')]));
    await writers;
    expect(seen.filter(([a, b]) => a !== b)).toEqual([]);
  });

  it('let no two of them act on what each makes untrue for the other', async () => {
    const onCall = ['4', '5', '6'];
    for (const id of onCall) await run(q.Create(thing(id), { data: { onCall: true } }));
    const count = q.Count(
      q.Filter(onCall, (id) => q.Select(['data', 'onCall'], q.Get(q.Ref(q.Collection('things'), id)))),
    );
    const leave = (id: string) =>
      q.If(q.GT(count, 1), q.Do(q.Update(thing(id), { data: { onCall: false } }), true), false);
    const left = await Promise.all(onCall.map((id) => run(leave(id))));
    expect(left.filter(Boolean)).toHaveLength(2);
    expect(await run(count)).toBe(1);
  });

  it('leave nothing behind where they abort', async () => {
    await run(q.Create(thing('7'), { data: { n: 0 } }));
    const failing = q.Do(
      q.Update(thing('7'), { data: { n: 1 } }),
      q.Create(q.Collection('things'), { data: { name: 'left behind' } }),
      q.Abort('no'),
    );
    const codes = await concurrently(10, 3, () => run(failing).catch((error: QueryError) => error.code));
    expect(new Set(codes)).toEqual(new Set(['transaction aborted']));
    expect(await run(field('7', 'n'))).toBe(0);
    expect(await run(q.Exists(q.Match(q.Index('by_name'), 'left behind')))).toBe(false);
  });
});
