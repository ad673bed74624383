// Spaces, line and paragraph separators and the ASCII controls that Java counts as white space: no-break spaces are none.
const WHITE = /[\t-\r\x1c-\x20\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/;

/** The text without white space at its beginning. */
export function stripLeading(text: string): string {
  let start = 0;
  while (start < text.length && WHITE.test(text[start]!)) start++;
  return text.slice(start);
}

/** The text without white space at its end. */
export function stripTrailing(text: string): string {
  let end = text.length;
  while (end > 0 && WHITE.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** The text without spaces and ASCII control characters around it (Java's `String.trim`, narrower than the two above). */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}
