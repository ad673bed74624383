import { foldCase } from '@supertokens-faunadb/java/text';
import { invalidArgument } from '../../../values/errors.js';
import { typeName } from '../../../values/types.js';
import { scalar, zeroOrMore } from '../../evaluate/casts.js';
import { type Cast, type Form, form, optional } from '../../evaluate/form.js';

const NORMALISERS = new Map<string, (text: string) => string>([
  ['NFKCCaseFold', foldCase],
  ...(['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((name) => [name, (text: string) => text.normalize(name)] as const),
]);

const normaliser: Cast<(text: string) => string> = (value, position) => {
  const found = typeof value === 'string' ? NORMALISERS.get(value) : undefined;
  if (found !== undefined) return found;
  const expected = "String 'NFKCCaseFold', 'NFC', 'NFD', 'NFKC', or 'NFKD' expected";
  throw invalidArgument(`${expected}, ${typeName(value)} provided.`, position);
};

/** The normal forms of Unicode. */
export const normalisationFunctions: readonly Form[] = [
  // One term gives one value, several give an array; values other than strings are kept.
  form(
    'pure',
    { casefold: zeroOrMore(scalar), normalizer: optional(normaliser) },
    ({ casefold, normalizer = foldCase }) => {
      const terms = casefold.map((term) => (typeof term === 'string' ? normalizer(term) : term));
      return terms.length === 1 ? terms[0]! : terms;
    },
  ),
];
