/** Splits a token at its dots, without trailing empty parts. */
export function partsBetweenDots(token: string): string[] {
  return token.replace(/\.+$/, '').split('.');
}
