import { expect, it } from 'vitest';
import { errorsOf } from '../../../test/evaluate.js';

const nowhere = (name: string) => ({ '@set': { match: name } });
const undefinedIndex = (name: string) => `Ref refers to undefined index '${name}'`;

it('is an error of reading, which comes alone and before those of evaluation', () => {
  const expected = [[[1, 'index'], undefinedIndex('a')]];
  expect(errorsOf([{ divide: [1, 0] }, nowhere('a'), nowhere('b'), { abort: 'x' }])).toEqual(expected);
  expect(errorsOf({ object: { x: { add: 'a' }, y: nowhere('a') } })).toEqual([
    [['object', 'y', 'index'], undefinedIndex('a')],
  ]);
});

it('reports the first of its parts that is not a set', () => {
  expect(errorsOf({ '@set': { union: [nowhere('a'), nowhere('b')] } })).toEqual([
    [['union', 0, 'index'], undefinedIndex('a')],
  ]);
});
