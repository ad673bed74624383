/** A part of an expression: an escape, a character class, the start of a group, a quantifier, or one character. */
const PART =
  /\\(?:x[\da-f]{2}|u[\da-f]{4}|[\s\S]|$)|\[(?:\\[\s\S]|[^\]\\])*\]?|\(\?[^)]|\{(?:\d+(?:,\d*)?\})?|[\s\S]/giy;
/** Java's anchors and their JavaScript equivalents. */
const ESCAPES: Readonly<Record<string, string>> = { A: '^', z: '$', Z: '$' };
const SAME_ESCAPE = /^\\(?:[^a-zA-Z0]|[bBdDfnrsStwW]|x..|u....)$/;

/**
 * Compiles a setting's regular expression, which must match a whole address. It is in Java's syntax. An expression that
 * JavaScript would read differently is refused, because a wrong reading could let the wrong clients in.
 *
 * @returns `undefined` when it is not a valid expression
 * @see https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html
 */
export function compileAddressPattern(expression: string): RegExp | undefined {
  const [prefix, flags = ''] = /^\(\?([ims]+)\)/.exec(expression) ?? [''];
  let translated = '';
  for (const [part] of expression.slice(prefix.length).matchAll(PART)) {
    if (part === '{' || !isSame(part)) return undefined;
    translated += (part.startsWith('\\') && ESCAPES[part.slice(1)]) || part;
  }
  try {
    return new RegExp(`^(?:${translated})$`, [...new Set(flags)].join(''));
  } catch {
    return undefined;
  }
}

function isSame(part: string): boolean {
  if (part.startsWith('\\')) return part.slice(1) in ESCAPES || SAME_ESCAPE.test(part);
  if (part.startsWith('(?')) return /[:=!<]$/.test(part);
  if (!part.startsWith('[')) return true;
  const escapes = part.match(/\\(?:x[\da-f]{2}|u[\da-f]{4}|[\s\S])/gi) ?? [];
  return (
    !/^\[\^?\]|&&/.test(part) &&
    !part
      .slice(1)
      .replace(/\\[\s\S]/g, '')
      .includes('[') &&
    escapes.every((one) => SAME_ESCAPE.test(one))
  );
}
