/** A value of RFC 8259. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

/** The deepest nesting that is read, as in the real Core's parser. */
export const MOST_LEVELS = 255;

/** Maximum values of a large object, for most purposes: to write or compare one with more takes too long. */
export const MOST_VALUES = 50_000;

/** Whether `value` is an object: neither null nor an array. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses a JSON object.
 *
 * @param text may begin with a byte order mark
 * @throws SyntaxError when the text is not JSON, is JSON but not an object, is nested too deeply, or holds a number that is
 *   infinite as a double
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function parseObject(text: string): JsonObject {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (bare.length > MOST_LEVELS && nesting(bare) > MOST_LEVELS)
    throw new SyntaxError(`nested deeper than ${MOST_LEVELS} levels`);
  const value = JSON.parse(bare) as Json;
  if (!isObject(value)) throw new SyntaxError('not an object');
  if (HUGE.test(bare) && holdsInfinity(value)) throw new SyntaxError('contains a number that exceeds 64 bits');
  return ESCAPED_SURROGATE.test(bare) ? (wellFormed(value) as JsonObject) : value;
}

/** Whether there are more than `most` elements and members in a value and all within it. */
export function hasMoreValues(value: Json, most: number): boolean {
  let count = 0;
  const rest: Json[] = [value];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const inner = Array.isArray(next) ? next : Object.values(next);
    count += inner.length;
    if (count > most) return true;
    for (const each of inner) if (typeof each === 'object') rest.push(each);
  }
  return false;
}

/** What a string must contain to become one with half a surrogate pair. */
const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;

/** The real Core writes half a pair, which UTF-8 cannot express, as a question mark: into its database, tokens and answers. */
export function withoutSurrogates(text: string): string {
  if (text.isWellFormed()) return text;
  // Unit by unit, because a replacement for each match takes long where there are a million.
  const units = Buffer.from(text, 'utf16le');
  for (let at = 0; at < units.length; at += 2) {
    if (!isSurrogate(units, at, 0xd8) && !isSurrogate(units, at, 0xdc)) continue;
    if (isSurrogate(units, at, 0xd8) && isSurrogate(units, at + 2, 0xdc)) at += 2;
    else units.writeUInt16LE(QUESTION_MARK, at);
  }
  return units.toString('utf16le');
}

const QUESTION_MARK = 0x3f;

/** @param first the high byte of the first of its kind, of which there are 1,024 */
function isSurrogate(units: Buffer, at: number, first: 0xd8 | 0xdc): boolean {
  return ((units[at + 1] ?? 0) & 0xfc) === first;
}

function wellFormed(value: Json): Json {
  if (typeof value === 'string') return withoutSurrogates(value);
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [withoutSurrogates(name), wellFormed(each)]));
}

/** What must stand in a text that holds a number which is infinite as one of 64 bits: three digits of exponent, or so many digits. */
const HUGE = /[eE]\+?\d{3}|\d{200}/;

// JSON.stringify would write such a number as null.
function holdsInfinity(value: Json): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsInfinity);
}

// JSON.parse has no limit, but the functions that write its result recurse.
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if (char === '}' || char === ']') depth--;
  }
  return deepest;
}
