/** The number of code points of a text; a lone surrogate counts as one. */
export function codePointLength(text: string): number {
  return new CodePointCounter(text).before(text.length);
}

/** The index in UTF-16 units of a code point counted from the beginning, or `undefined` beyond the end. */
export function indexOfCodePoint(text: string, codePoint: number): number | undefined {
  let index = 0;
  for (let n = 0; n < codePoint; n++) {
    if (index >= text.length) return undefined;
    index += isSecondHalf(text, index + 1) ? 2 : 1;
  }
  return index;
}

/** Counts the code points before ascending indexes, continuing from the last one. */
export class CodePointCounter {
  #index = 0;
  #count = 0;

  constructor(readonly text: string) {}

  /** How many code points begin before an index in UTF-16 units. */
  before(index: number): number {
    for (; this.#index < index; this.#index++) {
      if (!isSecondHalf(this.text, this.#index)) this.#count++;
    }
    return this.#count;
  }
}

/** Whether the unit at an index is the second half of a code point. */
function isSecondHalf(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xdc00 && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800;
}
