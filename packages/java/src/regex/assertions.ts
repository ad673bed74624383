import type { Flags } from './flags.js';
import type { Place } from './node.js';
import { isLetterOrDigit, isNonSpacingMark, predefined } from './properties.js';

type Assertion = (place: Place) => boolean;

const LINE_TERMINATOR = /[\n\r\x85\u2028\u2029]/;

/** `\A`, and `^` unless it is multi-line. */
export const textStart: Assertion = ({ index }) => index === 0;

/** `\z` */
export const textEnd: Assertion = ({ text, index }) => index === text.length;

/** `\G` */
export const previousEnd: Assertion = ({ index, previousEnd }) => index === previousEnd;

/** A multi-line `^`: after a line terminator, but not at the end of the text. */
export function lineStart({ unixLines }: Flags): Assertion {
  return ({ text, index }) => {
    if (index === text.length) return false;
    if (index === 0 || text[index - 1] === '\n') return true;
    if (unixLines || (text[index - 1] === '\r' && text[index] === '\n')) return false;
    return LINE_TERMINATOR.test(text[index - 1]!);
  };
}

/** A multi-line `$`: before a line terminator, or at the end of the text. */
export function lineEnd({ unixLines }: Flags): Assertion {
  return ({ text, index }) => index === text.length || isTerminator(text, index, unixLines);
}

/** `\Z`, and `$` unless it is multi-line: at the end of the text, or before a line terminator that ends it. */
export function lastLineEnd({ unixLines }: Flags): Assertion {
  return ({ text, index }) => {
    const rest = text.length - index;
    if (rest === 0) return true;
    if (rest === 2) return !unixLines && text.endsWith('\r\n');
    return rest === 1 && isTerminator(text, index, unixLines);
  };
}

/** Whether a line terminator begins here, not in the middle of `\r\n`. */
function isTerminator(text: string, index: number, unixLines: boolean): boolean {
  if (unixLines) return text[index] === '\n';
  if (text[index] === '\n') return text[index - 1] !== '\r';
  return LINE_TERMINATOR.test(text[index]!);
}

/** `\b`, or `\B` if negated. A non-spacing mark counts as part of a word if it follows a letter or digit. */
export function wordBoundary(flags: Flags, negated: boolean): Assertion {
  const isWord = flags.unicodeClasses
    ? predefined('w', flags)
    : (codePoint: number) => codePoint === 0x5f || isLetterOrDigit(codePoint);
  const isWordAt = (place: Place, index: number) => {
    const codePoint = place.text.codePointAt(index)!;
    return isWord(codePoint) || (isNonSpacingMark(codePoint) && hasBase(place, index));
  };
  return (place) => {
    const { text, index } = place;
    const left = index > 0 && isWordAt(place, startBefore(text, index));
    const right = index < text.length && isWordAt(place, index);
    return (left !== right) !== negated;
  };
}

function hasBase(place: Place, index: number): boolean {
  for (let at = index; at >= 0; at--) {
    place.spend(1);
    const codePoint = place.text.codePointAt(at)!;
    if (isLetterOrDigit(codePoint)) return true;
    if (!isNonSpacingMark(codePoint)) return false;
  }
  return false;
}

/** The index where the code point that ends at an index begins. */
export function startBefore(text: string, index: number): number {
  const isPair = index > 1 && (text.charCodeAt(index - 1) & 0xfc00) === 0xdc00;
  return isPair && (text.charCodeAt(index - 2) & 0xfc00) === 0xd800 ? index - 2 : index - 1;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** No realistic grapheme cluster has more UTF-16 units. */
const MAX_CLUSTER = 256;
/** Segmenting a text of this length counts as this many steps. */
const STEPS_PER_CLUSTER = 256;

/** `\b{g}`: between grapheme clusters. */
export const graphemeBoundary: Assertion = (place) => {
  const { text, index } = place;
  if (index === 0 || index === text.length) return true;
  place.spend(STEPS_PER_CLUSTER);
  const from = Math.max(index - MAX_CLUSTER, 0);
  const around = graphemes.segment(text.slice(from, index + MAX_CLUSTER));
  return around.containing(index - from)?.index === index - from;
};

/** The index where the grapheme cluster that begins at an index ends. */
export function graphemeEnd(place: Place, index: number): number {
  const { text } = place;
  place.spend(STEPS_PER_CLUSTER);
  const [first] = graphemes.segment(text.slice(index, index + MAX_CLUSTER));
  return index + first!.segment.length;
}
