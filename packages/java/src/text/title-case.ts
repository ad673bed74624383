/** As many characters are looked at together, at least. */
const PIECE = 500;
/** No word goes over a space before a letter or sign of ASCII, nor over two signs of punctuation. */
const BETWEEN = /(?<= )(?=[!-~])|(?<=[!-/:-@[-^`{-~])(?=[ !-/:-@[-^`{-~])/g;

/** Made when it is first needed: its tables take milliseconds to load. */
let words: Intl.Segmenter | undefined;
/** The character of a word that gets title case is the first letter, number or symbol; marks written as letters are none. */
const FIRST = /(?!(?!\p{Cased})\p{Lm})[\p{L}\p{N}\p{S}\p{Co}]/u;
/** Pairs of letters in one character: upper, title and lower case. */
const DIGRAPHS = ['Ǆǅǆ', 'Ǉǈǉ', 'Ǌǋǌ', 'Ǳǲǳ'];
/** Georgian has upper case for whole words only. */
const GEORGIAN = /[\u10d0-\u10ff]/;
const IOTA = 'Ι';
const IOTA_BELOW = '\u0345';

/** Every word with its first letter in title case and the others in lower case, in words as Unicode divides text. */
export function titleCase(text: string): string {
  return Array.from(piecesOf(text), titleCasePiece).join('');
}

function titleCasePiece(text: string): string {
  words ??= new Intl.Segmenter('en', { granularity: 'word' });
  // A colon ends words in FaunaDB's version of Unicode, but not in every newer one.
  return Array.from(words.segment(text), ({ segment }) => segment.split(':').map(titleCaseWord).join(':')).join('');
}

/** A text in pieces, none of which cuts a word in two: to find the words of a text takes as long as the square of its length. */
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
  // The rest is made lower case in its context, on which a final sigma depends.
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
