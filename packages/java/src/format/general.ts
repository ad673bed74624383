import { check, justify, type Specifier } from './specifier.js';

/**
 * Prints a text with `%s`, `%S`, `%b` or `%B`, cut to the precision and padded to the width.
 *
 * @throws IllegalFormat
 */
export function formatText(specifier: Specifier, text: string): string {
  check(specifier, '#+ 0,(');
  return justify(text.slice(0, specifier.precision), specifier);
}
