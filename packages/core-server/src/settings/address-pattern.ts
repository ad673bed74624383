/** A part of an expression: an escape, a set of characters, a group's beginning, a count, or one character. */
const PART =
  /\\(?:x[\da-f]{2}|u[\da-f]{4}|[\s\S]|$)|\[(?:\\[\s\S]|[^\]\\])*\]?|\(\?[^)]|\{(?:\d+(?:,\d*)?\})?|[\s\S]/giy;
/** The escapes that mean the same in both languages, or can be said in the other words. */
const ESCAPES: Readonly<Record<string, string>> = { A: '^', z: '$', Z: '$' };
const SAME_ESCAPE = /^\\(?:[^a-zA-Z0]|[bBdDfnrsStwW]|x..|u....)$/;

/**
 * A setting's regular expression, which must match a whole address. It is written in Java's language; what means something
 * else in JavaScript's, or nothing, is refused rather than read wrongly, because it may keep somebody out.
 *
 * @returns `undefined` when it is no expression
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
