import type { Form } from '../../evaluate/form.js';
import { arithmeticFunctions } from './arithmetic.js';
import { bitFunctions } from './bits.js';
import { powerFunctions } from './powers.js';
import { roundingFunctions } from './rounding.js';
import { signFunctions } from './sign.js';
import { trigonometricFunctions } from './trigonometry.js';

/** The functions of numbers. */
export const numberFunctions: readonly Form[] = [
  ...arithmeticFunctions,
  ...bitFunctions,
  ...powerFunctions,
  ...roundingFunctions,
  ...signFunctions,
  ...trigonometricFunctions,
];
