const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const CHEROKEE = /[\u13a0-\u13fd\uab70-\uabbf]/;

/**
 * NFKC_Casefold of the Unicode Standard (3.13, R5): equal for texts that differ only in case, in compatibility forms or in
 * ignorable characters.
 */
export function foldCase(text: string): string {
  const folded = Array.from(text.replace(IGNORABLE, ''), foldCharacter).join('').normalize('NFKC');
  return folded === text ? text : foldCase(folded);
}

/** Full case folding, which JavaScript lacks: the lower case of the upper case, except for a few characters. */
function foldCharacter(character: string): string {
  if (character === 'ı') return character;
  if (character === 'ẞ') return 'ss';
  const upper = character.toUpperCase();
  return CHEROKEE.test(character) ? upper : upper.toLowerCase();
}
