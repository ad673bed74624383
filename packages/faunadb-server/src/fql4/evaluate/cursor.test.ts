import { query as q } from 'faunadb';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];

const things = q.Collection('things');

beforeAll(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateCollection({ name: 'things', history_days: 1 }));
  for (const id of ['1', '2', '3']) await ask(q.Create(q.Ref(things, id), {}));
});

describe('the bounds of a range', () => {
  it('are distinguished even if they are dangling', async () => {
    const ghost = q.Ref(q.Collection('ghosts'), '1');
    expect((await ask(q.Range(q.Documents(things), ghost, [ghost]))).errors).toEqual([
      ['invalid ref', 'from'],
      ['invalid ref', 'to.0'],
    ]);
  });

  it('are shown as the ref that they begin with, where elements are nothing but refs', async () => {
    const ref = q.Ref(things, '1');
    const shown = (await ask(q.Range(q.Documents(things), [1, ref], [ref, 1]))).resource['@set'];
    expect(shown).toMatchObject({ from: null, to: { '@ref': { id: '1' } } });
  });

  it('are times or cursors where the set is one of events', async () => {
    const range = (from: unknown, to: unknown) =>
      ask({ range: { events: { documents: { collection: 'things' } } }, from, to });
    const resource = q.Ref(things, '1');
    const shown = (await range({ object: { ts: 1, action: 'add', resource } }, q.Now())).resource['@set'];
    expect(shown).toMatchObject({ from: { '@ref': { id: '1' } }, to: null });
    expect((await range('x', [])).errors).toEqual([
      ['invalid argument', 'from'],
      ['invalid argument', 'to'],
    ]);
  });
});

describe('the end of a set', () => {
  it('is its last element only where it has no values, as on the real server', async () => {
    await ask(q.CreateIndex({ name: 'values', source: things, values: [{ field: 'ref' }] }));
    expect((await ask({ last: q.Documents(things) })).resource).toMatchObject({ '@ref': { id: '3' } });
    for (const set of [q.Match(q.Index('values')), q.Reverse(q.Documents(things))]) {
      expect((await ask({ last: set })).errors).toEqual([['invalid argument', 'last']]);
    }
  });

  it('is reached at once before a cursor that says nothing', async () => {
    for (const set of [q.Documents(things), q.Match(q.Index('values')), q.Distinct(q.Match(q.Index('values')))]) {
      expect((await ask(q.Paginate(set, { before: [] }))).resource).toEqual({ after: [], data: [] });
    }
  });
});

describe('the cursor of a page', () => {
  const second = (options: object) => {
    const first = q.Paginate(q.Documents(things), { size: 2, ...options });
    const after = q.Select('after', q.Var('page'));
    return ask(q.Let({ page: first }, q.Paginate(q.Documents(things), { size: 2, ...options, after })));
  };

  it('may be used within the query', async () => {
    expect((await second({})).resource.data).toMatchObject([{ '@ref': { id: '3' } }]);
  });

  it('is an event, which is no cursor, among events', async () => {
    expect((await second({ events: true })).errors).toEqual([['invalid argument', 'in.after']]);
  });

  it('may be sent back as it came', async () => {
    const events = (options: object) => ask(q.Paginate(q.Documents(things), { size: 2, events: true, ...options }));
    const { after } = (await events({})).resource;
    const document = q.Ref(things, after.document['@ref'].id);
    expect((await events({ after: { ...after, document } })).resource.data).toHaveLength(1);
  });
});
