import type { Form } from '../../evaluate/form.js';
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
import { perCharacter } from './work.js';

/** The cost of a character that is only read or copied, and of one that is replaced. */
const QUICK = 1;
const FOLDING = 8;
const TITLE = 64;

/** The functions of strings. */
export const stringFunctions: readonly Form[] = [
  ...caseFunctions.map((form) => perCharacter(form.parameters[0]![0] === 'titlecase' ? TITLE : QUICK, form)),
  ...concatenationFunctions,
  ...formatFunctions,
  ...ngramFunctions,
  ...normalisationFunctions.map((form) => perCharacter(FOLDING, form)),
  ...regexFunctions,
  ...replacementFunctions,
  ...searchFunctions.map((form) => perCharacter(QUICK, form)),
  ...substringFunctions.map((form) => perCharacter(QUICK, form)),
  ...trimFunctions.map((form) => perCharacter(QUICK, form)),
];
