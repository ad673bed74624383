import { describe, expect, it } from 'vitest';
import { errorsOf, evaluate } from '../../../test/evaluate.js';

describe('folds', () => {
  it.each([
    ['{"count":[1,null,"a"]}', 3],
    ['{"sum":[]}', 0],
    ['{"to_string":{"sum":[1,2.0]}}', '3.0'],
    ['{"to_string":{"sum":[9223372036854775807,1]}}', '-9223372036854775808'],
    ['{"to_string":{"mean":[1,3]}}', '2.0'],
    ['[{"any":[]},{"any":[false,true]},{"all":[]},{"all":[true,false]}]', [false, true, true, false]],
    ['[{"max":[1,3,2]},{"min":[1,3,2]}]', [3, 1]],
    ['{"max":[1,"a",[0]]}', [0]],
    ['{"is_double":{"max":[1,1.0]}}', true],
    ['{"max":[[[3,4]]]}', 4],
  ])('%s is %j', (query, value) => {
    expect(evaluate(query)).toEqual(value);
  });

  it.each<[object, (string | number)[], string]>([
    [{ count: 'a' }, ['count'], 'Array, Set, or Page expected, String provided.'],
    [{ sum: [1, 'a', null] }, ['sum'], 'Number expected, String provided.'],
    [{ mean: [] }, ['mean'], 'Non-empty array expected.'],
    [{ any: [true, 1] }, ['any'], 'Boolean expected, Integer provided.'],
    [{ max: [] }, ['max'], 'Non-empty array expected.'],
    [{ min: [1, { collection: 'ghosts' }] }, ['min'], "Ref refers to undefined collection 'ghosts'"],
  ])('%j is an error', (query, position, description) => {
    expect(errorsOf(query)).toEqual([[position, description]]);
  });
});
