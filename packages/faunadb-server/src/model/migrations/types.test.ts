import { expect, it } from 'vitest';
import { NATIVE } from '../../values/ids.js';
import { objectOf } from '../../values/objects.js';
import { Ref, Time, type Value } from '../../values/values.js';
import { testOf } from './types.js';

const collection = new Ref(0, NATIVE.collections, 1024n);
const struct = objectOf({
  type: 'Struct',
  fields: objectOf({ n: 'Int', s: objectOf({ type: 'Union', elems: ['String', 'Null'] }) }),
});

it.each<[name: string, type: Value, holds: Value[], refuses: Value[]]>([
  ['Int', 'Int', [1n, -1n], [1n << 31n, 1, '1', null]],
  ['Long', 'Long', [1n, 1n << 40n], [1.5]],
  ['Number', 'Number', [1n, 1.5], ['1']],
  ['Time', 'Time', [new Time(0n)], ['2020-01-01T00:00:00Z']],
  ['a literal', objectOf({ type: 'Singleton', value: 'a' }), ['a'], ['b', null]],
  ['a document', objectOf({ type: 'Doc', coll: collection }), [new Ref(0, 1024, 1n)], [new Ref(0, 1025, 1n), 'x']],
  ['an array', objectOf({ type: 'Array', elem: 'Int' }), [[], [1n]], [['x'], 1n]],
  ['a tuple', objectOf({ type: 'Tuple', elems: ['Int', 'String'] }), [[1n, 'x']], [[1n], ['x', 1n]]],
  [
    'an object',
    struct,
    [objectOf({ n: 1n }), objectOf({ n: 1n, s: 'x' })],
    [objectOf({ s: 'x' }), objectOf({ n: 1n, m: 1n })],
  ],
  [
    'an open object',
    objectOf({ type: 'Struct', fields: objectOf({}), wildcard: 'Int' }),
    [objectOf({ x: 1n })],
    [objectOf({ x: 'y' })],
  ],
  ['an unknown type', 'Nothing', [], [1n, null]],
])('tests for %s', (_, type, holds, refuses) => {
  const test = testOf(type);
  expect(holds.map(test)).toEqual(holds.map(() => true));
  expect(refuses.map(test)).toEqual(refuses.map(() => false));
});
