import { openStore } from '@supertokens-faunadb/store';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../src/engine/fql-engine.js';
import { query10 } from './query10.js';

const SECRET = 'the-root-key';
const store = await openStore({ memory: true });
const engine = openEngine({ store, rootKey: SECRET });
afterAll(() => engine.close());

async function ask(query: string, args?: Readonly<Record<string, unknown>>) {
  const { body } = await engine.execute(query10(SECRET, query, { args, typecheck: true }));
  return JSON.parse(body) as { static_type?: string; error?: { code: string; message: string }; summary: string };
}
/** The type of a query, or its error. */
const typeOf = async (query: string, args?: Readonly<Record<string, unknown>>) => {
  const { static_type: type, summary } = await ask(query, args);
  return type ?? summary.split('\n')[0]?.replace('error: ', '');
};

beforeAll(async () => {
  await ask(`Collection.create({ name: "Thing", fields: {
    n: { signature: "Int" }, kind: { signature: "'a' | 'b' | Null" } }, indexes: { byKind: { terms: [{ field: "kind" }] } } })`);
});

describe('a query with other arguments', () => {
  it.each([
    ['x', [1, 2, 2_147_483_648, 'a', true, null, 1.5], ['1', '2', '2147483648', '"a"', 'Boolean', 'Null', '1.5']],
    ['[x, 1].first()', [1, 2], ['1 | Null', '2 | 1 | Null']],
    ['x.length', ['a', 'bc'], ['Number', 'Number']],
    ['let n: Int = x\nn', [5, 2_147_483_648, 6], ['Int', 'Type `2147483648` is not a subtype of `Int`', 'Int']],
    ['let k: "a" | "b" = x\nk', ['a', 'b'], ['"a" | "b"', '"a" | "b"']],
    ['{ a: x }.a.b', [{ b: 1 }, { b: 'x' }], ['1', '"x"']],
    ['Thing.byId(x)', ['1', '2'], ['Ref<Thing>', 'Ref<Thing>']],
  ] as const)('%s has its own type', async (query, values, types) => {
    const found: unknown[] = [];
    for (const x of values) found.push(await typeOf(query, { x }));
    expect(found).toEqual(types);
  });

  it('is refused where another literal is allowed', async () => {
    expect(await typeOf('let k: "a" = x\nk', { x: 'a' })).toBe('"a"');
    expect(await typeOf('let k: "a" = x\nk', { x: 'b' })).toBe('`"b"` is not the value `"a"`');
    expect(await typeOf('let k: "a" = x\nk', { x: 'a' })).toBe('"a"');
  });

  it('is checked as if for the first time', async () => {
    const literal = fc.constantFrom<unknown>(1, 2, 'a', 'b', true, null, 1.5, [1], ['a', 'b'], { n: 1 }, { n: 'a' });
    const query = fc.constantFrom(
      'x',
      '[x, y]',
      'if (true) x else y',
      'x == y',
      'x + y',
      'let k: "a" | 1 = x\ny',
      'let f = (a) => [a, x]\nf(y)',
      'x.n ?? y',
      'Thing.byKind(x).first()',
      'Thing.create({ n: 1, kind: "a" }).update({ kind: x }).n == y',
      '{ x: x, y: y }.x',
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(query, literal, literal, async (text, x, y) => {
        expect(await typeOf(text, { x, y })).toEqual(await typeOf(`${text}\n// ${count++}`, { x, y }));
      }),
      { numRuns: 300 },
    );
  });
});

it('is checked again after a change of the schema', async () => {
  expect(await typeOf('Later.all().first()')).toBe('Unbound variable `Later`');
  await ask('Collection.create({ name: "Later" })');
  expect(await typeOf('Later.all().first()')).toBe('Later | Null');
});
