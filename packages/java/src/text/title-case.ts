/** The minimum number of characters that are processed together. */
const PIECE = 500;
/** A word never extends across a space before an ASCII letter or sign, nor across two punctuation marks. */
const BETWEEN = /(?<= )(?=[!-~])|(?<=[!-/:-@[-^`{-~])(?=[ !-/:-@[-^`{-~])/g;

/** Created on first use: its tables take milliseconds to load. */
let words: Intl.Segmenter | undefined;
/** Title case applies to a word's first letter, number or symbol; modifier letters do not count. */
const FIRST = /(?!(?!\p{Cased})\p{Lm})[\p{L}\p{N}\p{S}\p{Co}]/u;
/** Digraphs in one character: upper, title and lower case. */
const DIGRAPHS = ['Ǆǅǆ', 'Ǉǈǉ', 'Ǌǋǌ', 'Ǳǲǳ'];
/** Georgian only has upper case for whole words. */
const GEORGIAN = /[\u10d0-\u10ff]/;
const IOTA = 'Ι';
const IOTA_BELOW = '\u0345';

/**
 * Puts the first letter of every word in title case and the others in lower case. Words are those of Unicode segmentation.
 */
export function titleCase(text: string): string {
  return Array.from(piecesOf(text), titleCasePiece).join('');
}

function titleCasePiece(text: string): string {
  words ??= new Intl.Segmenter('en', { granularity: 'word' });
  // A colon ends words in FaunaDB's version of Unicode, but not in every newer version.
  return Array.from(words.segment(text), ({ segment }) => segment.split(':').map(titleCaseWord).join(':')).join('');
}

/** Splits a text into pieces without cutting a word: word segmentation takes quadratic time. */
function* piecesOf(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > PIECE) {
    BETWEEN.lastIndex = start + PIECE;
    const next = BETWEEN.exec(text);
    if (next === null) break;
    yield text.slice(start, next.index);
    start = next.index;
  }
  yield text.slice(start);
}

function titleCaseWord(word: string): string {
  const first = FIRST.exec(word);
  if (first === null) return word;
  const [letter] = first;
  // The rest is lower-cased in its context, on which a final sigma depends.
  const lower = word.slice(first.index).toLowerCase();
  return word.slice(0, first.index) + titleCaseLetter(letter) + lower.slice(letter.toLowerCase().length);
}

function titleCaseLetter(letter: string): string {
  const digraph = DIGRAPHS.find((forms) => forms.includes(letter));
  if (digraph !== undefined) return digraph[1]!;
  if (letter === 'ŉ') return 'ʼN';
  if (GEORGIAN.test(letter)) return letter;
  const [first, ...rest] = letter.toUpperCase();
  if (rest.at(-1) === IOTA) {
    const below = first + rest.slice(0, -1).join('') + IOTA_BELOW;
    return rest.length === 1 ? below.normalize('NFC') : below;
  }
  return first + rest.join('').toLowerCase();
}
