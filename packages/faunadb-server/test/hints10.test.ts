import { openStore } from '@supertokens-faunadb/store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEngine } from '../src/engine/fql-engine.js';
import { query10 } from './query10.js';

const engine = openEngine({ store: await openStore({ memory: true }), rootKey: 'the-root-key' });
afterAll(() => engine.close());

/** The hints of a query, each as what it says and the text that it is about. */
async function hints(query: string, performanceHints = true): Promise<[string, string][]> {
  const { body } = await engine.execute(query10('the-root-key', query, { performanceHints }));
  const { summary, error } = JSON.parse(body);
  expect(error, summary).toBeUndefined();
  return [
    ...summary.matchAll(
      /performance_hint: non_covered_document_read - (.*?) See .*\nat \*query\*:1:(\d+)\n.*\n.*\n *\| *(\^+)/g,
    ),
  ].map(([, what, at, marks]) => [what, query.slice(Number(at) - 1, Number(at) - 1 + marks.length)]);
}

beforeAll(async () => {
  await hints(
    'Collection.create({ name: "Book", indexes: { byAuthor: { terms: [{ field: ".author" }], values: [{ field: ".title" }, { field: ".foo.a.one" }] } } })',
    false,
  );
  await hints(
    'Set.sequence(0, 3).forEach(n => Book.create({ author: "A", title: "T", price: n, foo: { a: { one: 1, two: 2 } } }))',
    false,
  );
});

it('are given once for each place that reads a field which the index does not hold', async () => {
  expect(await hints('(Book.byAuthor("A") { price, title, author, id }).paginate()')).toEqual([
    ['.price is not covered by the Book.byAuthor index.', 'price'],
  ]);
  expect(await hints('Book.byAuthor("A").first()!.data.price')).toEqual([
    ['.price is not covered by the Book.byAuthor index.', 'price'],
  ]);
  expect(await hints('Book.byAuthor("A").where(.price > 1).map(.title).toArray()')).toEqual([
    ['.price is not covered by the Book.byAuthor index.', 'price'],
  ]);
});

it('follow the fields of objects', async () => {
  expect(await hints('Book.byAuthor("A").first() { one: .foo.a.one, two: .foo.a.two }')).toEqual([
    ['.foo.a.two is not covered by the Book.byAuthor index.', 'two'],
  ]);
  expect(await hints('Book.byAuthor("A").first()!.foo.a')).toEqual([
    ['.foo.a is not covered by the Book.byAuthor index.', 'a'],
  ]);
});

it('are given for whole documents', async () => {
  expect(await hints('Book.byAuthor("A")')).toEqual([['Full documents returned from Book.byAuthor.', '("A")']]);
});

it('are not given where no index is used, or none are requested', async () => {
  expect(await hints('Book.all().first() { price }')).toEqual([]);
  expect(await hints('Book.byAuthor("A").first() { price }', false)).toEqual([]);
});
