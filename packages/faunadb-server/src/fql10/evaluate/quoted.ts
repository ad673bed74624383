const ESCAPED: Record<string, string> = {
  '\\': '\\',
  '\0': '0',
  "'": "'",
  '"': '"',
  '`': '`',
  '\n': 'n',
  '\r': 'r',
  '\v': 'v',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
  '#': '#',
};

/** A string in double quotes, with escapes. */
export const quoted = (text: string): string =>
  `"${text.replace(/[\\\0'"`\n\r\v\t\b\f#]/g, (c) => `\\${ESCAPED[c]}`)}"`;

/** A field's name as code, quoted if necessary. */
export const fieldText = (name: string): string => (/^\p{L}[\p{L}\p{Nd}_]*$/u.test(name) ? name : quoted(name));
