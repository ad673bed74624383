/** The parts of a token between its dots; empty ones at the end count for nothing. */
export function partsBetweenDots(token: string): string[] {
  return token.replace(/\.+$/, '').split('.');
}
