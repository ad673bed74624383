import { describe, expect, it } from 'vitest';
import { errorsOf, evaluate } from '../../../../test/evaluate.js';

/** A query whose value is shown as `to_string` does, which distinguishes integers from doubles. */
const text = (json: string) => evaluate(`{"to_string":${json}}`);

const MAX = '9223372036854775807';
const MIN = '-9223372036854775808';

describe('arithmetic', () => {
  it.each([
    ['{"add":[1,2,3]}', '6'],
    ['{"add":[1,2.0]}', '3.0'],
    ['{"add":5}', '5'],
    [`{"add":[${MAX},1]}`, MIN],
    [`{"add":[${MAX},1.0]}`, '9.223372036854776E18'],
    ['{"subtract":[1,2,3]}', '-4'],
    [`{"subtract":[${MIN},1]}`, MAX],
    [`{"multiply":[${MAX},2]}`, '-2'],
    ['{"multiply":[0.1,3]}', '0.30000000000000004'],
    ['{"divide":[7,2]}', '3'],
    ['{"divide":[-7,2]}', '-3'],
    ['{"divide":[7,2.0]}', '3.5'],
    ['{"divide":[7,2,2.0]}', '1.5'],
    [`{"divide":[${MIN},-1]}`, MIN],
    ['{"divide":0}', '0'],
    ['{"modulo":[-17,5]}', '-2'],
    ['{"modulo":[17.5,-5]}', '2.5'],
  ])('%s is %s', (query, value) => {
    expect(text(query)).toBe(value);
  });

  it.each(['{"divide":[1,0]}', '{"divide":[1.5,0.0]}', '{"modulo":[1,-0.0]}', '{"divide":[0,1,0]}'])(
    '%s is an error',
    (query) => {
      expect(errorsOf(query)).toEqual([[[], 'Illegal division by zero.']]);
    },
  );

  it('names every argument that is no number', () => {
    expect(errorsOf({ multiply: [1, '2', null] })).toEqual([
      [['multiply', 1], 'Number expected, String provided.'],
      [['multiply', 2], 'Number expected, Null provided.'],
    ]);
    expect(errorsOf({ subtract: [] })).toEqual([[['subtract'], 'Non-empty array expected.']]);
  });
});

describe('bits', () => {
  it.each([
    ['{"bitand":[12,10,9]}', '8'],
    ['{"bitor":[12,10.9]}', '14.0'],
    ['{"bitxor":[-1,1]}', '-2'],
    ['{"bitnot":12.9}', '-13'],
    ['{"bitor":[1e300,0]}', '9.223372036854776E18'],
    ['{"bitand":[7.5]}', '7.5'],
  ])('%s is %s', (query, value) => {
    expect(text(query)).toBe(value);
  });
});

describe('rounding', () => {
  it.each([
    ['{"ceil":1.2}', '2.0'],
    ['{"ceil":-0.5}', '-0.0'],
    ['{"ceil":5}', '5'],
    ['{"floor":-1.2}', '-2.0'],
    ['{"round":1.235}', '1.24'],
    ['{"round":-1.235}', '-1.23'],
    ['{"round":1555,"precision":-2}', '1600'],
    ['{"round":1.5,"precision":20}', '1.5000000002328306'],
    ['{"round":1e20,"precision":0}', '9.223372036854776E18'],
    ['{"trunc":-1.999}', '-1.99'],
    ['{"trunc":1999,"precision":-3}', '1000'],
    ['{"trunc":1.9,"precision":-400}', 'NaN'],
    ['{"round":12345678,"precision":-5}', '12299999'],
    ['{"round":1.23456789,"precision":5}', '1.23457'],
  ])('%s is %s', (query, value) => {
    expect(text(query)).toBe(value);
  });
});

describe('signs', () => {
  it.each([
    [`{"abs":${MIN}}`, MIN],
    ['{"abs":-0.0}', '0.0'],
    ['{"sign":-3}', '-1'],
    ['{"sign":0}', '0'],
    ['{"sign":-0.0}', '1'],
  ])('%s is %s', (query, value) => {
    expect(text(query)).toBe(value);
  });
});

describe('powers, roots and logarithms', () => {
  it.each([
    ['{"pow":3}', '9.0'],
    ['{"pow":2,"exp":-1}', '0.5'],
    ['{"pow":0,"exp":0}', '1.0'],
    ['{"sqrt":2}', '1.4142135623730951'],
    ['{"exp":1}', '2.718281828459045'],
    ['{"ln":10}', '2.302585092994046'],
    ['{"log":1000}', '3.0'],
    ['{"hypot":3}', '4.242640687119285'],
    ['{"hypot":3,"b":4}', '5.0'],
  ])('%s is %s', (query, value) => {
    expect(text(query)).toBe(value);
  });

  it.each([
    [{ sqrt: -1 }, '-1 must be positive'],
    ['{"sqrt":-1.0}', '-1.0 must be positive'],
    [{ ln: 0 }, '0 must be greater than 0'],
    ['{"log":-1e-10}', '-1.0E-10 must be greater than 0'],
    ['{"ln":{"subtract":[{"exp":1000},{"exp":1000}]}}', 'NaN must be greater than 0'],
  ])('%j is an error', (query, description) => {
    expect(errorsOf(query)).toEqual([[[], description]]);
  });
});

describe('trigonometry', () => {
  it.each([
    ['{"sin":1}', '0.8414709848078965'],
    ['{"cos":0}', '1.0'],
    ['{"tan":1.5}', '14.101419947171719'],
    ['{"asin":1}', '1.5707963267948966'],
    ['{"acos":-1}', '3.141592653589793'],
    ['{"atan":1}', '0.7853981633974483'],
    ['{"sinh":1}', '1.1752011936438014'],
    ['{"cosh":-1}', '1.543080634815244'],
    ['{"tanh":1}', '0.7615941559557649'],
    ['{"degrees":3.141592653589793}', '180.0'],
    ['{"radians":180}', '3.141592653589793'],
  ])('%s is %s', (query, value) => {
    expect(text(query)).toBe(value);
  });

  it('takes arcs of what is between -1 and 1', () => {
    expect(errorsOf({ asin: 2 })).toEqual([[[], '2 must be between -1 and 1 inclusive']]);
    expect(errorsOf({ acos: -1.5 })).toEqual([[[], '-1.5 must be between -1 and 1 inclusive']]);
  });
});
