import { trim } from '@supertokens-faunadb/java/text';

// Each alternative begins differently: otherwise texts of many digits take quadratic time.
const DECIMAL = /^[+-]?(?:NaN|Infinity|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)[fFdD]?$/;

/** Parses a double as Java does, ignoring surrounding blanks; `undefined` if the text is not one. */
export function parseDouble(given: string): number | undefined {
  const text = trim(given);
  if (DECIMAL.test(text)) {
    const plain = /[fFdD]$/.test(text) && !/Infinity|NaN/.test(text) ? text.slice(0, -1) : text;
    return plain.endsWith('NaN') ? Number.NaN : Number(plain);
  }
  const match = HEXADECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent] = match;
  if (whole + fraction === '') return undefined;
  const digits = BigInt(`0x${whole}${fraction}`);
  const value = Number(digits) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}
