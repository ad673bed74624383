/** The scheme of a URL as Java parses it, in lower case; `undefined` if the text is not a URL. */
export function parseUrl(text: string): string | undefined {
  const scheme = /^\s*(?:url:)?([A-Za-z][A-Za-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  return scheme;
}
