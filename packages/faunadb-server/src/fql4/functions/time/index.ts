import type { Form } from '../../evaluate/form.js';
import { arithmeticFunctions } from './arithmetic.js';
import { constructionFunctions } from './construction.js';
import { partFunctions } from './parts.js';

/** The functions of times and dates. */
export const timeFunctions: readonly Form[] = [...constructionFunctions, ...arithmeticFunctions, ...partFunctions];
