import type { Form } from '../../form.js';
import { caseFunctions } from './case.js';
import { concatenationFunctions } from './concatenation.js';
import { formatFunctions } from './format.js';
import { ngramFunctions } from './ngram.js';
import { normalisationFunctions } from './normalisation.js';
import { regexFunctions } from './regex.js';
import { replacementFunctions } from './replacement.js';
import { searchFunctions } from './search.js';
import { substringFunctions } from './substring.js';
import { trimFunctions } from './trim.js';

/** The functions of strings. */
export const stringFunctions: readonly Form[] = [
  ...caseFunctions,
  ...concatenationFunctions,
  ...formatFunctions,
  ...ngramFunctions,
  ...normalisationFunctions,
  ...regexFunctions,
  ...replacementFunctions,
  ...searchFunctions,
  ...substringFunctions,
  ...trimFunctions,
];
