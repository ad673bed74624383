/** The scheme of a URL as Java reads one, in lower case; `undefined` where it is none. */
export function parseUrl(text: string): string | undefined {
  const scheme = /^\s*(?:url:)?([A-Za-z][A-Za-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  return scheme;
}
