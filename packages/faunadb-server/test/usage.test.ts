import { openStore } from '@supertokens-faunadb/store';
import { query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Cost, Engine } from '../src/engine/engine.js';
import { openEngine } from '../src/engine/fql-engine.js';

let engine: Engine;
const thing = (id: number) => q.Ref(q.Collection('things'), String(id));

async function costOf(query: object): Promise<Cost> {
  return (await engine.execute({ query: JSON.stringify(query), secret: 'root-key', timeout: 10_000, pretty: false }))
    .cost;
}

beforeEach(async () => {
  engine = openEngine({ store: await openStore({ memory: true }), rootKey: 'root-key' });
  await costOf(q.CreateCollection({ name: 'things' }));
});

describe('the cost of a query', () => {
  it('is nothing for what neither reads nor writes', async () => {
    expect(await costOf(q.Add(1, 1))).toEqual({
      computeOps: 1,
      byteReadOps: 0,
      byteWriteOps: 0,
      storageBytesRead: 0,
      storageBytesWrite: 0,
    });
  });

  it('is a call of functions for each 50, rounded up', async () => {
    expect((await costOf(Array.from({ length: 50 }, () => q.Add(1, 1)))).computeOps).toBe(1);
    expect((await costOf(Array.from({ length: 51 }, () => q.Add(1, 1)))).computeOps).toBe(2);
  });

  it('is an operation for each kilobyte of a document written, and for each 4 kilobytes read', async () => {
    const small = await costOf(q.Create(thing(1), { data: { text: 'x'.repeat(500) } }));
    expect(small.byteWriteOps).toBe(1);
    expect(small.storageBytesWrite).toBeGreaterThan(500);
    expect(small.storageBytesWrite).toBeLessThan(700);
    const large = await costOf(q.Create(thing(2), { data: { text: 'x'.repeat(10_000) } }));
    expect(large.byteWriteOps).toBe(10);
    expect(await costOf(q.Get(thing(1)))).toMatchObject({ byteReadOps: 1, byteWriteOps: 0, storageBytesWrite: 0 });
    const read = await costOf(q.Get(thing(2)));
    expect(read.byteReadOps).toBe(3);
    expect(read.storageBytesRead).toBeGreaterThan(10_000);
    expect((await costOf(q.Exists(thing(2)))).byteReadOps).toBe(3);
  });

  it('is one for a page, with the documents read from it besides', async () => {
    for (let i = 0; i < 3; i++) await costOf(q.Create(thing(i), {}));
    const page = q.Paginate(q.Documents(q.Collection('things')));
    expect((await costOf(page)).byteReadOps).toBe(1);
    expect((await costOf(q.Map(page, q.Lambda('ref', q.Get(q.Var('ref')))))).byteReadOps).toBe(4);
  });

  it('counts the entries of indexes with their document', async () => {
    const without = await costOf(q.Create(thing(1), { data: { a: 1 } }));
    await costOf(q.CreateIndex({ name: 'by_a', source: q.Collection('things'), values: [{ field: ['data', 'a'] }] }));
    const withOne = await costOf(q.Create(thing(2), { data: { a: 1 } }));
    expect(withOne.byteWriteOps).toBe(1);
    expect(withOne.storageBytesWrite).toBeGreaterThan(without.storageBytesWrite);
    const match = await costOf(q.Paginate(q.Match(q.Index('by_a'))));
    expect(match.byteReadOps).toBe(1);
    expect(match.storageBytesRead).toBeGreaterThan(0);
  });

  it('is none for what was written and undone', async () => {
    const undone = await costOf(q.Do(q.Create(thing(1), {}), q.Abort('no')));
    expect(undone).toMatchObject({ byteWriteOps: 0, storageBytesWrite: 0 });
  });
});
