/** Up to so many pairs of characters, the built-in search is fast enough even if it compares all of them. */
const FEW_PAIRS = 2 ** 20;
/** How many characters are looked at between two reports. */
const CHARACTERS_PER_REPORT = 4_096;

/**
 * Searches for a text in linear time (Knuth, Morris and Pratt). `String.indexOf` takes a time in proportion to the product
 * of both lengths: minutes for texts of a million characters, during which nothing can stop it.
 *
 * @example
 * new Searched('aab').indexIn('aaab') // 1
 */
export class Searched {
  readonly #text: string;
  /** By direction: for each prefix, or suffix, the length of the longest one that is also at its other end. */
  #borders: { forwards?: Int32Array; backwards?: Int32Array } = {};

  constructor(text: string) {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  /**
   * The index of the first occurrence, or -1.
   *
   * @param from where to begin
   * @param onSteps called repeatedly with the number of characters looked at since the last call; may throw
   */
  indexIn(text: string, from = 0, onSteps: (steps: number) => void = () => {}): number {
    const length = Math.max(0, text.length - from);
    if (length * this.#text.length <= FEW_PAIRS) {
      const found = text.indexOf(this.#text, from);
      onSteps((found < 0 ? length : found - from) >> 7);
      return found;
    }
    this.#borders.forwards ??= bordersOf(this.#text, 1, onSteps);
    const end = search(text, from, 1, this.#text, this.#borders.forwards, onSteps);
    return end < 0 ? -1 : end - this.#text.length + 1;
  }

  /** The index of the last occurrence that begins at `end` or before, or -1. */
  lastIndexIn(text: string, end = text.length, onSteps: (steps: number) => void = () => {}): number {
    const length = Math.min(text.length, end + this.#text.length);
    if (length * this.#text.length <= FEW_PAIRS) {
      onSteps(length >> 7);
      return text.lastIndexOf(this.#text, end);
    }
    this.#borders.backwards ??= bordersOf(this.#text, -1, onSteps);
    return search(text, length - 1, -1, this.#text, this.#borders.backwards, onSteps);
  }
}

type Direction = 1 | -1;

/** The character of a text at an index that counts from its end if the direction is backwards. */
const at = (text: string, index: number, direction: Direction): number =>
  text.charCodeAt(direction === 1 ? index : text.length - 1 - index);

function bordersOf(text: string, direction: Direction, onSteps: (steps: number) => void): Int32Array {
  const borders = new Int32Array(text.length);
  let border = 0;
  for (let i = 1; i < text.length; i++) {
    if (i % CHARACTERS_PER_REPORT === 0) onSteps(CHARACTERS_PER_REPORT);
    const character = at(text, i, direction);
    while (border > 0 && at(text, border, direction) !== character) border = borders[border - 1] as number;
    if (at(text, border, direction) === character) border++;
    borders[i] = border;
  }
  return borders;
}

/** @returns the index of the last character of what was found, in the direction of the search, or -1 */
function search(
  text: string,
  from: number,
  direction: Direction,
  searched: string,
  borders: Int32Array,
  onSteps: (steps: number) => void,
): number {
  let matched = 0;
  for (let i = from; i >= 0 && i < text.length; i += direction) {
    if (i % CHARACTERS_PER_REPORT === 0) onSteps(CHARACTERS_PER_REPORT);
    const character = text.charCodeAt(i);
    while (matched > 0 && at(searched, matched, direction) !== character) matched = borders[matched - 1] as number;
    if (at(searched, matched, direction) === character) matched++;
    if (matched === searched.length) return i;
  }
  return -1;
}
