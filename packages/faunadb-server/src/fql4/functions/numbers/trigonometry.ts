import { cos, sin, tan } from '@supertokens-faunadb/java/numbers';
import type { Form } from '../../evaluate/form.js';
import { ofDouble, ROUNDED } from './domain.js';

const UNIT_INTERVAL = { contains: (x: number) => x >= -1 && x <= 1, predicate: 'between -1 and 1 inclusive' };
const DEGREES_PER_RADIAN = 180 / Math.PI;
const RADIANS_PER_DEGREE = Math.PI / 180;
// fdlibm's e is one unit in the last place too large, which is visible only here.
const COSH_1 = 1.543080634815244;

/** Trigonometric and hyperbolic functions; angles are in radians. */
export const trigonometricFunctions: readonly Form[] = [
  ofDouble('sin', sin, undefined, ROUNDED),
  ofDouble('cos', cos, undefined, ROUNDED),
  ofDouble('tan', tan, undefined, ROUNDED),
  ofDouble('asin', Math.asin, UNIT_INTERVAL),
  ofDouble('acos', Math.acos, UNIT_INTERVAL),
  ofDouble('atan', Math.atan),
  ofDouble('sinh', Math.sinh),
  ofDouble('cosh', (x) => (Math.abs(x) === 1 ? COSH_1 : Math.cosh(x))),
  ofDouble('tanh', Math.tanh),
  ofDouble('degrees', (x) => x * DEGREES_PER_RADIAN),
  ofDouble('radians', (x) => x * RADIANS_PER_DEGREE),
];
