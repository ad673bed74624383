/** The number of code points of a text; a lone surrogate counts as one. */
export function codePointLength(text: string): number {
  let pairs = 0;
  for (let i = 1; i < text.length; i++) {
    if (isPair(text, i)) {
      pairs++;
      i++;
    }
  }
  return text.length - pairs;
}

/** The index in UTF-16 units of a code point counted from the beginning, or `undefined` beyond the end. */
export function indexOfCodePoint(text: string, codePoint: number): number | undefined {
  let index = 0;
  for (let n = 0; n < codePoint; n++) {
    if (index >= text.length) return undefined;
    index += isPair(text, index + 1) ? 2 : 1;
  }
  return index;
}

/** Whether the units before and at an index are the halves of one code point. */
function isPair(text: string, index: number): boolean {
  return (
    index < text.length &&
    (text.charCodeAt(index - 1) & 0xfc00) === 0xd800 &&
    (text.charCodeAt(index) & 0xfc00) === 0xdc00
  );
}
