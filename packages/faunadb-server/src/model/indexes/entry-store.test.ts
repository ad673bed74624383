import { Expr, query as q } from 'faunadb';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../test/database.js';

const FIELDS = ['a', 'b', 'c', 'd', 'e', 'f'];
const things = q.Collection('things');

describe('values too long for a key', () => {
  const long = (last: string) => Object.fromEntries(FIELDS.map((f) => [f, f.repeat(2000) + (f === 'f' ? last : '')]));

  it('are stored whole, distinguished, and paged through', async () => {
    const { ask } = await openDatabase();
    await ask(q.CreateCollection({ name: 'things' }));
    for (const name of ['all', 'one']) {
      const values = (name === 'all' ? FIELDS : ['f']).map((field) => ({ field: ['data', field], reverse: true }));
      await ask(q.CreateIndex({ name, source: things, unique: true, values }));
    }
    for (const last of ['1', '2', '3']) await ask(q.Create(q.Ref(things, last), { data: long(last) }));
    for (const name of ['all', 'one']) {
      const found = [];
      let after: object | undefined;
      do {
        const { resource } = await ask(
          q.Paginate(q.Match(q.Index(name)), { size: 1, ...(after ? { after: new Expr(after) } : {}) }),
        );
        found.push(...resource.data.flat().filter((value: string) => value.startsWith('f')));
        after = resource.after;
      } while (after);
      expect(found.sort()).toEqual(['1', '2', '3'].map((last) => long(last).f));
    }
    const again = await ask(q.Create(things, { data: long('2') }));
    expect(again.errors).toEqual([['instance not unique', 'create']]);
  });
});
