import { exp, hypotenuse, ln, log10, pow } from '@supertokens-faunadb/java/numbers';
import { number } from '../../evaluate/casts.js';
import { type Form, form, optional } from '../../evaluate/form.js';
import { ofDouble, ROUNDED } from './domain.js';

const POSITIVE = { contains: (x: number) => x > 0, predicate: 'greater than 0' };
const NOT_NEGATIVE = { contains: (x: number) => x >= 0, predicate: 'positive' };

/** Powers, roots and logarithms; all return doubles. */
export const powerFunctions: readonly Form[] = [
  ofDouble('exp', exp, undefined, ROUNDED),
  ofDouble('ln', ln, POSITIVE, ROUNDED),
  ofDouble('log', log10, POSITIVE, ROUNDED),
  ofDouble('sqrt', Math.sqrt, NOT_NEGATIVE),
  form('pure', { pow: number, exp: optional(number) }, (args, { budget }) => {
    budget.work(ROUNDED);
    return pow(Number(args.pow), Number(args.exp ?? 2));
  }),
  form('pure', { hypot: number, b: optional(number) }, ({ hypot, b = hypot }) => hypotenuse(Number(hypot), Number(b))),
];
