import { boolean } from '../casts.js';
import { type Form, form } from '../form.js';

// `and` and `or` evaluate only what they need, and so are no functions: see `control.ts`.

const not = form('pure', { not: boolean }, ({ not }) => !not);

export const booleanFunctions: readonly Form[] = [not];
