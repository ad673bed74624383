const NO_BREAK_SPACES = '\u00a0\u2007\u202f';

/** Removes white space from the beginning of a text. */
export function stripLeading(text: string): string {
  let start = 0;
  while (start < text.length && isWhite(text[start]!)) start++;
  return text.slice(start);
}

/** Removes white space from the end of a text. */
export function stripTrailing(text: string): string {
  let end = text.length;
  while (end > 0 && isWhite(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Removes spaces and ASCII control characters from both ends (Java's `String.trim`, narrower than the two above). */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}

/** Breaking spaces, line and paragraph separators, and the ASCII controls that act as separators. */
function isWhite(character: string): boolean {
  const code = character.charCodeAt(0);
  if ((code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x20)) return true;
  return /\p{Z}/u.test(character) && !NO_BREAK_SPACES.includes(character);
}
