import fc from 'fast-check';
import { type Expr, query as q } from 'faunadb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];

const things = q.Collection('things');
const thing = (id: number) => q.Ref(things, String(id));
const ids = (refs: readonly { '@ref': { id: string } }[]) => refs.map((ref) => ref['@ref'].id);

beforeEach(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateCollection({ name: 'things', history_days: 36_500 }));
});

/** A change of one of three documents, at one of a few times or now. */
const change = fc.record({
  id: fc.integer({ min: 1, max: 3 }),
  how: fc.constantFrom('create', 'update', 'replace', 'delete', 'insert', 'insert deletion', 'remove'),
  time: fc.integer({ min: 1, max: 6 }).map((n) => n * 1_000_000),
  data: fc.record(
    {
      kind: fc.constantFrom('a', 'b', null),
      rank: fc.constantFrom(1, 2, 2.5, 'x', null),
      tags: fc.array(fc.constantFrom('p', 'q'), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  ),
});

function queryOf({ id, how, time, data }: { id: number; how: string; time: number; data: object }): Expr {
  switch (how) {
    case 'create':
      return q.If(q.Exists(thing(id)), null, q.Create(thing(id), { data }));
    case 'update':
      return q.If(q.Exists(thing(id)), q.Update(thing(id), { data }), null);
    case 'replace':
      return q.If(q.Exists(thing(id)), q.Replace(thing(id), { data }), null);
    case 'delete':
      return q.If(q.Exists(thing(id)), q.Delete(thing(id)), null);
    case 'insert':
      return q.Insert(thing(id), time as never, 'create', { data });
    case 'insert deletion':
      return q.Insert(thing(id), time as never, 'delete', {});
    default:
      return q.Remove(thing(id), time as never, 'create');
  }
}

interface Document {
  readonly id: string;
  readonly kind?: unknown;
  readonly rank?: unknown;
  readonly tags?: readonly unknown[];
}

/** The documents that exist at a time, with their state then. */
async function documentsAt(ts: unknown): Promise<Document[]> {
  const found: Document[] = [];
  for (const id of [1, 2, 3]) {
    const { status, resource } = await ask(q.Get(thing(id), ts as never));
    if (status === 200) found.push({ id: String(id), ...resource.data });
  }
  return found;
}

const sorted = (values: readonly unknown[]) => values.map((v) => JSON.stringify(v)).sort();

describe('an index', () => {
  it('matches its documents at any time, however their history was made', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
        async (transactions) => {
          ({ ask } = await openDatabase());
          await ask(q.CreateCollection({ name: 'things', history_days: 36_500 }));
          await ask(
            q.CreateIndex({
              name: 'ranks',
              source: things,
              terms: [{ field: ['data', 'kind'] }],
              values: [{ field: ['data', 'rank'], reverse: true }, { field: ['ref'] }],
            }),
          );
          await ask(q.CreateIndex({ name: 'tags', source: things, terms: [{ field: ['data', 'tags'] }] }));
          for (const changes of transactions) {
            const { status } = await ask(q.Do(...changes.map(queryOf), 'done'));
            expect(status).toBe(200);
          }
          const events = (await ask(q.Map([1, 2, 3], q.Lambda('id', q.Paginate(q.Events(q.Ref(things, q.Var('id'))))))))
            .resource;
          const times = events.flatMap((page: { data: { ts: number }[] }) => page.data.map(({ ts }) => ts));
          for (const ts of [q.Now(), ...times]) {
            const documents = await documentsAt(ts);
            expect(ids((await ask(q.Paginate(q.Documents(things), { ts }))).resource.data)).toEqual(
              documents.map(({ id }) => id),
            );
            for (const kind of ['a', 'b']) {
              const page = (await ask(q.Paginate(q.Match(q.Index('ranks'), kind), { ts }))).resource.data;
              const seen = page.map(([rank, ref]: [unknown, { '@ref': { id: string } }]) => [rank, ref['@ref'].id]);
              const expected = documents.filter((d) => d.kind === kind).map((d) => [d.rank ?? null, d.id]);
              expect(sorted(seen)).toEqual(sorted(expected));
            }
            for (const tag of ['p', 'q']) {
              const page = (await ask(q.Paginate(q.Match(q.Index('tags'), tag), { ts }))).resource.data;
              expect(ids(page)).toEqual(documents.filter((d) => d.tags?.includes(tag)).map(({ id }) => id));
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('the history of a document', () => {
  it('reports what each change has changed', async () => {
    await ask(q.Create(thing(1), { data: { a: 1, b: { c: 2, d: 3 } } }));
    await ask(q.Update(thing(1), { data: { a: null, b: { c: 4 } } }));
    await ask(q.Delete(thing(1)));
    const { resource } = await ask(q.Paginate(q.Events(thing(1))));
    expect(resource.data.map((e: { action: string; data: unknown }) => [e.action, e.data])).toEqual([
      ['create', { a: 1, b: { c: 2, d: 3 } }],
      ['update', { a: null, b: { c: 4 } }],
      ['delete', null],
    ]);
  });

  it('is dropped if its collection keeps none', async () => {
    await ask(q.CreateCollection({ name: 'forgetful', history_days: 0 }));
    const ref = q.Ref(q.Collection('forgetful'), '1');
    for (const second of [1, 2, 3]) {
      await ask(q.Insert(ref, q.Epoch(second, 'second'), 'create', { data: { second } }));
    }
    const { resource } = await ask(q.Paginate(q.Events(ref)));
    expect(resource.data.map((e: { data: unknown }) => e.data)).toEqual([{ second: 3 }]);
  });

  it('cannot be read before what its collection keeps, nor can sets of its documents', async () => {
    await ask(q.CreateCollection({ name: 'forgetful', history_days: 1 }));
    const forgetful = q.Collection('forgetful');
    await ask(q.CreateIndex({ name: 'theirs', source: forgetful, active: true }));
    await ask(q.CreateIndex({ name: 'of_all', source: '_' as never, active: true }));
    const readings: ((ts: Expr) => Expr)[] = [
      (ts) => q.Exists(q.Ref(forgetful, '1'), ts),
      (ts) => q.Exists(q.Match('theirs'), ts),
      (ts) => q.Paginate(q.Match('of_all'), { ts }),
      (ts) => q.At(ts, q.Count(q.Documents(forgetful))),
      (ts) => q.Paginate(q.Singleton(q.Ref(forgetful, '1')), { ts }),
    ];
    const answers = async (read: (ts: Expr) => Expr) => [
      await ask(read(q.TimeSubtract(q.Now(), 24 * 60 + 14, 'minutes'))),
      await ask(read(q.TimeSubtract(q.Now(), 24 * 60 + 16, 'minutes'))),
    ];
    for (const read of readings) {
      expect((await answers(read)).map(({ status, errors }) => [status, errors])).toEqual([
        [200, []],
        [400, [['bad request', '']]],
      ]);
    }
    const tokens = async (minutes: number) =>
      (await ask(q.Paginate(q.Tokens(), { ts: q.TimeSubtract(q.Now(), minutes, 'minutes') }))).status;
    expect([await tokens(14), await tokens(16)]).toEqual([200, 400]);
  });

  it('keeps the version before a change and removes much older ones', async () => {
    const collection = q.Collection('brief');
    const brief = q.Ref(collection, '1');
    await ask(q.CreateCollection({ name: 'brief', history_days: 0 }));
    await ask(q.Create(brief, { data: { n: 1 } }));
    await ask(q.Update(brief, { data: { n: 2 } }));
    for (const time of [1_000_000, 2_000_000]) await ask(q.Insert(brief, time as never, 'create', { data: { n: 0 } }));
    await ask(q.Update(brief, { data: { n: 3 } }));
    const events = (await ask(q.Paginate(q.Events(brief)))).resource.data;
    expect(events.map((event: { data: object }) => event.data)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('omits what a query has done and undone', async () => {
    await ask(q.CreateIndex({ name: 'by_a', source: things, values: [{ field: ['data', 'a'] }] }));
    await ask(q.Create(thing(1), { data: { a: 1 } }));
    const before = (await ask(q.Paginate(q.Events(q.Match('by_a'))))).resource;
    await ask(q.Do(q.Update(thing(1), { data: { a: 2 } }), q.Update(thing(1), { data: { a: 1 } })));
    expect((await ask(q.Paginate(q.Events(q.Match('by_a'))))).resource).toEqual(before);
  });
});

describe('a ttl', () => {
  it('hides a document when its time comes, for every kind of read', async () => {
    await ask(q.CreateIndex({ name: 'all', source: things }));
    await ask(q.Create(thing(1), { data: {}, ttl: q.TimeSubtract(q.Now(), 1, 'second') }));
    await ask(q.Create(thing(2), { data: {}, ttl: q.TimeAdd(q.Now(), 1, 'hour') }));
    const seen = [q.Exists(thing(1)), q.Count(q.Documents(things)), q.Count(q.Match('all')), q.Exists(thing(2))];
    expect((await ask(seen as never)).resource).toEqual([false, 1, 1, true]);
    expect((await ask(q.Create(thing(1), { data: {} }))).status).toBe(201);
  });
});
