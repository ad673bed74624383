const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const CHEROKEE = /[\u13a0-\u13fd\uab70-\uabbf]/;

/**
 * NFKC_Casefold of the Unicode Standard (3.13, R5): equal for texts that differ in case, in compatible forms of characters
 * or in characters that are not seen.
 */
export function foldCase(text: string): string {
  const folded = Array.from(text.replace(IGNORABLE, ''), foldCharacter).join('').normalize('NFKC');
  return folded === text ? text : foldCase(folded);
}

/** Full case folding, which JavaScript lacks: lower case of the upper case, but for a few characters. */
function foldCharacter(character: string): string {
  if (character === 'ı') return character;
  if (character === 'ẞ') return 'ss';
  const upper = character.toUpperCase();
  return CHEROKEE.test(character) ? upper : upper.toLowerCase();
}
