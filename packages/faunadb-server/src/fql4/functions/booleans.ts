import { boolean, oneOrMore } from '../evaluate/casts.js';
import { type Form, form, only } from '../evaluate/form.js';

const not = form('pure', { not: boolean }, ({ not }) => !not);

/** Before version 3 these evaluated all operands. Since then they evaluate only what they need: see `control.ts`. */
const and = form('pure', { and: oneOrMore(boolean) }, ({ and }) => !and.includes(false));
const or = form('pure', { or: oneOrMore(boolean) }, ({ or }) => or.includes(true));

export const booleanFunctions: readonly Form[] = [not, only({ until: '3' }, and), only({ until: '3' }, or)];
