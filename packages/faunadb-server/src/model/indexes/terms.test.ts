import { query as q } from 'faunadb';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../test/database.js';

let ask: Database['ask'];

const things = q.Collection('things');

beforeAll(async () => {
  ({ ask } = await openDatabase());
  await ask(q.CreateCollection({ name: 'things' }));
  const terms = [{ field: ['data', 'words'], mva: false, transform: 'casefold' }];
  await ask(q.CreateIndex({ name: 'by_words', source: things, terms } as never));
});

describe('a term that takes an array as a whole, without regard to case', () => {
  it('finds the same words, and nothing for other values than arrays of words', async () => {
    const words = [['One', 'TWO'], 'One', ['One', 2], []];
    for (const [i, data] of words.entries()) await ask(q.Create(q.Ref(things, String(i)), { data: { words: data } }));
    const found = async (term: unknown) => {
      const { resource } = await ask(q.Paginate(q.Match('by_words', [term] as never)));
      return resource.data.map((ref: { '@ref': { id: string } }) => ref['@ref'].id);
    };
    expect(await found(['one', 'two'])).toEqual(['0']);
    expect(await found('one')).toEqual([]);
    expect(await found([])).toEqual(['3']);
  });
});
