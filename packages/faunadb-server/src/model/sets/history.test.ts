import { query as q } from 'faunadb';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];

const things = q.Collection('things');
const FIRST = 1_000_000;
const SECOND = 2_000_000;

/** Each event in short: what happened to which document, and its value. */
const eventsOf = async (set: object, options = {}) => {
  const { resource, errors } = await ask(q.Paginate(set as never, { events: true, ...options }));
  if (resource === undefined) return errors;
  return resource.data.map(
    ({ action, document, data = [] }: { action: string; document: { '@ref': { id: string } }; data?: unknown[] }) =>
      [action, document['@ref'].id, ...data.slice(0, 1)].join(' '),
  );
};

beforeAll(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateCollection({ name: 'things', history_days: 36_500 }));
  await ask(q.CreateIndex({ name: 'by_n', source: things, values: [{ field: ['data', 'n'] }] }));
  for (const kind of ['a', 'b']) {
    const terms = [{ field: ['data', 'kind'] }];
    await ask(q.CreateIndex({ name: `by_${kind}`, source: things, terms, values: [{ field: ['data', 'n'] }] }));
  }
  const insert = (id: string, ts: number, n: number, kind: string) =>
    q.Insert(q.Ref(things, id), ts, 'create', { data: { n, kind } });
  await ask(q.Do(insert('1', FIRST, 9, 'x'), insert('2', FIRST, 1, 'x')));
  await ask(q.Do(insert('1', SECOND, 3, 'x'), insert('2', SECOND, 5, 'y')));
});

describe('what happened at one time', () => {
  it('is sorted by removals, then additions, for an index', async () => {
    const events = ['add 1 9', 'add 2 1', 'remove 1 9', 'remove 2 1', 'add 1 3', 'add 2 5'];
    expect(await eventsOf(q.Match('by_n'))).toEqual(events);
    expect(await eventsOf(q.Match('by_n'), { before: null, size: 3 })).toEqual(events.slice(3));
  });

  it('is sorted by additions, then removals, for several sets', async () => {
    const union = q.Union(q.Match('by_a', 'x'), q.Match('by_a', 'y'));
    expect(await eventsOf(union)).toEqual(['add 1 9', 'add 2 1', 'add 2 5', 'remove 1 9', 'remove 2 1', 'add 1 3']);
    const both = q.Intersection(q.Match('by_n'), q.Match('by_a', 'x'));
    expect(await eventsOf(both)).toEqual(['add 1 9', 'add 2 1', 'add 1 3', 'remove 1 9', 'remove 2 1']);
  });

  it('is reported once by a join that leads to it several times', async () => {
    const join = q.Join(q.Documents(things), q.Lambda('ref', q.Match('by_a', 'y')));
    expect(await eventsOf(join)).toEqual(['add 2 5']);
  });
});

describe('the cursor of a page of events', () => {
  it('continues where the page ended', async () => {
    const found: string[] = [];
    let after: { ts: number; action: string; document: { '@ref': { id: string } }; data: unknown } | undefined;
    do {
      const cursor = after && { ...after, document: q.Ref(things, after.document['@ref'].id) };
      const options = { events: true, size: 1, ...(cursor ? { after: cursor } : {}) };
      const { resource } = await ask(q.Paginate(q.Match('by_n'), options));
      found.push(
        ...resource.data.map(({ action, data }: { action: string; data: unknown[] }) => `${action} ${data[0]}`),
      );
      after = resource.after;
    } while (after && found.length < 10);
    expect(found).toEqual(['add 9', 'add 1', 'remove 9', 'remove 1', 'add 3', 'add 5']);
  });
});

describe('what happened at one time to documents of several sets', () => {
  it('is reported once if it comes next in all of them', async () => {
    const thing = (id: number) => q.Ref(things, String(id));
    await ask(q.CreateIndex({ name: 'by_x', source: things, terms: [{ field: ['data', 'x'] }] }));
    await ask(q.Do(...[11, 15, 20].map((id) => q.Create(thing(id), { data: { x: 1 } }))));
    await ask(
      q.Do(
        q.Delete(thing(11)),
        q.Delete(thing(20)),
        q.Update(thing(15), { data: { x: 2 } }),
        q.Create(thing(6), { data: { x: 1 } }),
      ),
    );
    const sets = [q.Documents(things), q.Match('by_x', 1)];
    const last = ['remove 11', 'remove 15', 'remove 20', 'add 6'];
    for (const union of [q.Union(...sets), q.Union(...sets.reverse())])
      expect((await eventsOf(union)).slice(-4)).toEqual(last);
  });
});
