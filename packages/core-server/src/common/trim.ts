/**
 * `text` without the white space around it, by the real Core's idea of white space: every character up to U+0020, control
 * characters too, and none above, so that a no-break space stays.
 */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}
