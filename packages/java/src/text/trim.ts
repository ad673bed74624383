const NO_BREAK_SPACES = '\u00a0\u2007\u202f';

/** The text without white space at its beginning. */
export function stripLeading(text: string): string {
  let start = 0;
  while (start < text.length && isWhite(text[start]!)) start++;
  return text.slice(start);
}

/** The text without white space at its end. */
export function stripTrailing(text: string): string {
  let end = text.length;
  while (end > 0 && isWhite(text[end - 1]!)) end--;
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

/** Spaces that do not join words, line and paragraph separators, and the ASCII controls that separate something. */
function isWhite(character: string): boolean {
  const code = character.charCodeAt(0);
  if ((code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x20)) return true;
  return /\p{Z}/u.test(character) && !NO_BREAK_SPACES.includes(character);
}
