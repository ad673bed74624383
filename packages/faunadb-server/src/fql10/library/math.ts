import { cos, exp, hypotenuse, ln, log10, pow, sin, tan, toInt32, toInteger } from '@supertokens-faunadb/java/numbers';
import type { Context } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { types } from '../evaluate/members.js';
import { add, divide } from '../evaluate/numbers.js';
import { compareNumbers } from '../evaluate/order.js';
import { Double, isArray, isNumeric, type Numeric, type SetValue, toDouble, type Value } from '../evaluate/values.js';
import { elements } from '../sets/elements.js';
import { LibraryModule } from './base.js';
import { nonZero } from './numbers.js';

const x = ['x', types.number] as const;
const y = ['y', types.number] as const;
const precision = ['precision', types.int] as const;
// fdlibm's e is one unit in the last place too large, which is visible only here.
const COSH_1 = 1.543080634815244;
/** The extra cost of a rounded function: it is computed with many digits. */
const ROUNDED = 2_000;

/** Rounds half up at a decimal place right (positive) or left of the point; a `bias` of 0 truncates. */
function atPlace(value: Numeric, place: number, bias: 0 | 0.5): Numeric {
  if (!(value instanceof Double)) {
    const whole = BigInt(value);
    if (place > 0) return whole;
    const scale = pow(10, place);
    return toInteger(Number(toInteger(Number(whole) * scale + bias)) / scale);
  }
  const number = value.value;
  if (place > 0) {
    // Integer part and fraction separately, so that neither overflows; the scale is a 32-bit integer on the real server.
    const scale = toInt32(pow(10, place));
    const whole = Number(toInteger(number));
    const fraction = toInteger((number - whole + bias / scale) * scale);
    return new Double(whole + Number(fraction) / scale);
  }
  const scale = pow(10, place);
  const scaled = Number(toInteger(number * scale + bias)) / scale;
  return new Double(bias === 0 ? scaled : Number(toInteger(scaled)));
}

const within = (context: Context, value: number): number => {
  if (value < -1 || value > 1) throw errors.invalidArgument('x', 'argument must lie in [-1, 1]', context.trace);
  return value;
};
const positive = (context: Context, value: Numeric): number => {
  if (compareNumbers(value, 0) <= 0) throw errors.invalidArgument('x', 'x must be positive', context.trace);
  return toDouble(value);
};

function sum(context: Context, values: Iterable<Value>): { readonly total: Numeric; readonly count: number } {
  let total: Numeric = 0;
  let count = 0;
  for (const value of values) {
    if (!isNumeric(value)) throw errors.invalidArgument('numbers', 'all array elements must be numbers', context.trace);
    total = add(total, value);
    count++;
  }
  return { total, count };
}

export const math = new LibraryModule('Math').define((table) => {
  const constant = (name: string, value: number) => table.field(name, () => new Double(value));
  constant('NaN', Number.NaN);
  constant('Infinity', Number.POSITIVE_INFINITY);
  constant('E', Math.E);
  constant('PI', Math.PI);
  const real = (name: string, compute: (value: number) => number, units = 0) =>
    table.method(name, [x], (context, _, value) => {
      context.host.budget.work(units);
      return new Double(compute(toDouble(value)));
    });
  real('atan', Math.atan);
  real('cos', cos, ROUNDED);
  real('cosh', (value) => (Math.abs(value) === 1 ? COSH_1 : Math.cosh(value)));
  real('degrees', (value) => value * (180 / Math.PI));
  real('exp', exp, ROUNDED);
  real('radians', (value) => value * (Math.PI / 180));
  real('sin', sin, ROUNDED);
  real('sinh', Math.sinh);
  real('tan', tan, ROUNDED);
  real('tanh', Math.tanh);
  table
    .method('abs', [x], (_, __, value) => {
      if (value instanceof Double) return new Double(Math.abs(value.value));
      // The minimum Int and the minimum Long have no negation.
      if (typeof value === 'number') return value < 0 ? -value | 0 : value;
      return BigInt.asIntN(64, value < 0n ? -value : value);
    })
    .method('acos', [x], (context, _, value) => new Double(Math.acos(within(context, toDouble(value)))))
    .method('asin', [x], (context, _, value) => new Double(Math.asin(within(context, toDouble(value)))))
    .method('ceil', [x], (_, __, value) => (value instanceof Double ? new Double(Math.ceil(value.value)) : value))
    .method('floor', [x], (_, __, value) => (value instanceof Double ? new Double(Math.floor(value.value)) : value))
    .method('hypot', [x, y], (_, __, a, b) => new Double(hypotenuse(toDouble(a), toDouble(b))))
    .method('log', [x], (context, _, value) => new Double(ln(positive(context, value))))
    .method('log10', [x], (context, _, value) => new Double(log10(positive(context, value))))
    .method('max', [x, y], (_, __, a, b) => (compareNumbers(a, b) < 0 ? b : a))
    .method('min', [x, y], (_, __, a, b) => (compareNumbers(a, b) <= 0 ? a : b))
    .method('pow', [x, ['power', types.number]], (context, _, a, b) => {
      context.host.budget.work(ROUNDED);
      return new Double(pow(toDouble(a), toDouble(b)));
    })
    .method('round', [x, precision], (_, __, value, place) => atPlace(value, place, 0.5))
    .method('trunc', [x, precision], (_, __, value, place) => atPlace(value, place, 0))
    .method('sign', [x], (_, __, value) => compareNumbers(value, 0))
    .method('sqrt', [x], (context, _, value) => {
      if (compareNumbers(value, 0) < 0) throw errors.invalidArgument('x', 'x must be nonnegative', context.trace);
      return new Double(Math.sqrt(toDouble(value)));
    })
    // The mean of an array is a double, that of a set of integers an integer.
    .method('mean', [['numbers', types.array]], (context, _, values) => {
      const { total, count } = sum(context, values);
      return nonZero(context, divide(total, new Double(count)));
    })
    .method('mean', [['numbers', types.set]], (context, _, set) => {
      const { total, count } = sum(context, elements(context, set as SetValue));
      return nonZero(context, divide(total, count));
    })
    .method(
      'sum',
      [['numbers', types.array]],
      (context, _, values) => sum(context, isArray(values) ? values : []).total,
    )
    .method(
      'sum',
      [['numbers', types.set]],
      (context, _, set) => sum(context, elements(context, set as SetValue)).total,
    );
});
