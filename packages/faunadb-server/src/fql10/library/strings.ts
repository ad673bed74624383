import { Pattern, PatternError, TooManySteps } from '@supertokens-faunadb/java/regex';
import { CodePointCounter, foldCase, Searched } from '@supertokens-faunadb/java/text';
import type { Context } from '../evaluate/context.js';
import { MAX_STRING } from '../evaluate/evaluate.js';
import { errors } from '../evaluate/failures.js';
import { parseLong, Table, types } from '../evaluate/members.js';
import { displayText } from '../evaluate/text.js';
import { Double, integerValue, Null, type Value } from '../evaluate/values.js';
import { LibraryModule, shown } from './base.js';
import { parseDouble } from './parse-double.js';

/** Compiling a character of a pattern counts as much as making this many. */
const COMPILED = 50;

function limited(context: Context, size: number): void {
  if (size > MAX_STRING) throw errors.valueTooLarge(`string size ${size} exceeds limit ${MAX_STRING}`, context.trace);
  context.host.budget.make(size);
}

function joined(context: Context, ...parts: string[]): string {
  limited(
    context,
    parts.reduce((size, part) => size + part.length, 0),
  );
  return parts.join('');
}

/** Counts looking at so many characters. */
function looked(context: Context, count: number): void {
  context.host.budget.work(count >> 3);
}

/** The number of characters of a text; those beyond U+FFFF are two units. */
function characters(context: Context, text: string, end = text.length): number {
  looked(context, end);
  let count = 0;
  for (let i = 0; i < end; i++) {
    count++;
    if ((text.codePointAt(i) as number) > 0xffff && i + 1 < end) i++;
  }
  return count;
}

/** The index of a character, in units; `undefined` if the text has fewer characters. */
function unitOf(context: Context, text: string, character: number): number | undefined {
  looked(context, character);
  let unit = 0;
  for (let i = 0; i < character; i++) {
    if (unit >= text.length) return undefined;
    unit += (text.codePointAt(unit) as number) > 0xffff ? 2 : 1;
  }
  return unit;
}

function inclusive(context: Context, text: string, at: number): number {
  const unit = at < 0 || at > text.length ? undefined : unitOf(context, text, at);
  if (unit === undefined) throw errors.indexOutOfBounds(at, characters(context, text), context.trace);
  return unit;
}

function exclusive(context: Context, text: string, at: number): number {
  const unit = at < 0 || at >= text.length ? undefined : unitOf(context, text, at);
  if (unit === undefined || unit === text.length)
    throw errors.indexOutOfBounds(at, characters(context, text), context.trace);
  return unit;
}

// The start or end of a slice, which may lie outside the text.
function unchecked(context: Context, text: string, at: number): number {
  if (at < 0 || at >= text.length) return at;
  return unitOf(context, text, at) ?? text.length;
}
const sliced = (text: string, from: number, until: number): string => {
  const start = Math.max(0, from);
  return until <= start ? '' : text.slice(start, until);
};

const noElement = (context: Context) => Null.noElement('no element found', context.span);
const found = (context: Context, text: string, unit: number): Value =>
  unit < 0 ? noElement(context) : characters(context, text, unit);

function pattern(context: Context, text: string): Pattern {
  context.host.budget.work(COMPILED * text.length);
  try {
    return new Pattern(text);
  } catch (thrown) {
    if (!(thrown instanceof PatternError)) throw thrown;
    // The real server takes the position for one in UTF-16 units.
    const at = Array.from(text.slice(0, Math.max(0, thrown.index))).length;
    throw errors.invalidRegex(thrown.message, at, context.trace);
  }
}

type Finder = (text: string, from: number) => { readonly start: number; readonly end: number } | undefined;
const finding = (context: Context, given: string): Finder => {
  const searched = new Searched(given);
  return (text, from) => {
    const at = searched.indexIn(text, from, (steps) => context.host.budget.work(steps));
    return at < 0 ? undefined : { start: at, end: at + given.length };
  };
};
const firstOf = (context: Context, text: string, given: string, from = 0): number =>
  new Searched(given).indexIn(text, from, (steps) => context.host.budget.work(steps));
const lastOf = (context: Context, text: string, given: string, end = text.length): number =>
  new Searched(given).lastIndexIn(text, end, (steps) => context.host.budget.work(steps));
// The pattern does not see the text before the start.
const matching = (context: Context, text: string): Finder => {
  const expression = pattern(context, text);
  return (searched, from) => {
    for (const { start, end } of search(context, expression, searched.slice(from)))
      return { start: start + from, end: end + from };
    return undefined;
  };
};
function* search(context: Context, expression: Pattern, text: string) {
  try {
    yield* expression.find(text, (steps) => context.host.budget.work(steps));
  } catch (thrown) {
    throw searchFailure(context, thrown);
  }
}
function matchesAnywhere(context: Context, expression: Pattern, text: string): boolean {
  try {
    return expression.isIn(text, (steps) => context.host.budget.work(steps));
  } catch (thrown) {
    throw searchFailure(context, thrown);
  }
}
// The real server would search for minutes.
const searchFailure = (context: Context, thrown: unknown): unknown =>
  thrown instanceof TooManySteps
    ? errors.invalidArgument('regex', 'the pattern backtracks too often on this string', context.trace)
    : thrown;

function replaced(context: Context, text: string, find: Finder, replacement: string, amount: number): string {
  if (amount < 1) throw errors.invalidArgument('count', 'must be greater than or equal to 1', context.trace);
  let result = '';
  let from = 0;
  for (let left = amount; left > 0; left--) {
    const match = find(text, from);
    if (match === undefined) break;
    const size = result.length + match.start - from + replacement.length;
    if (size > MAX_STRING) limited(context, size);
    context.host.budget.make(match.start - from + replacement.length + 1);
    result += text.slice(from, match.start) + replacement;
    from = match.end;
    // An empty match would repeat at the same place forever.
    if (match.end === match.start && left === Number.POSITIVE_INFINITY) limited(context, MAX_STRING + 1);
  }
  limited(context, result.length + text.length - from);
  return result + text.slice(from);
}

function split(context: Context, text: string, find: Finder): string[] {
  const parts: string[] = [];
  let from = 0;
  while (from < text.length) {
    const match = find(text, from);
    if (match === undefined) break;
    context.host.budget.make(match.end - from + 1);
    if (match.start === match.end) {
      parts.push(text.slice(from, from + 1));
      from++;
      if (from === text.length - 1) break;
    } else {
      parts.push(text.slice(from, match.start));
      from = match.end;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

const NORMAL_FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'];
function normalised(context: Context, text: string, form: string): string {
  context.host.budget.work(text.length * 20);
  if (form === 'NFKCCaseFold') return foldCase(text);
  if (NORMAL_FORMS.includes(form)) return text.normalize(form);
  throw errors.invalidArgument(
    'format',
    'expected a casefold format (one of NFKCCaseFold, NFC, NFD, NFKC, or NFKD)',
    context.trace,
  );
}

// An integer in a given base, as Java parses it.
function integerIn(text: string, radix: number): bigint | undefined {
  const match = text.length > 70 ? null : /^([+-]?)([0-9a-zA-Z]+)$/.exec(text);
  if (match === null) return undefined;
  let value = 0n;
  for (const digit of match[2] as string) {
    const number = Number.parseInt(digit, 36);
    if (number >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(number);
  }
  return match[1] === '-' ? -value : value;
}
const notANumber = (context: Context, text: string) => new Null({ kind: 'invalidNumber', text, span: context.span });
function parsedInteger(context: Context, text: string, radix: number, bits: 32 | 64): Value {
  if (radix < 2 || radix > 36)
    throw errors.invalidArgument('format', 'invalid radix, expected a number from 2-36', context.trace);
  const value = integerIn(text, radix);
  if (value === undefined || BigInt.asIntN(bits, value) !== value) return notANumber(context, text);
  return bits === 32 ? Number(value) : value;
}
function parsedNumber(context: Context, text: string): Value {
  looked(context, text.length);
  const integer = parseLong(text);
  if (integer !== undefined) return integerValue(integer);
  return parsedDouble(context, text);
}
function parsedDouble(context: Context, text: string): Value {
  looked(context, text.length);
  const value = parseDouble(text);
  return value === undefined ? notANumber(context, text) : new Double(value);
}

const index = ['index', types.int] as const;
const other = ['other', types.string] as const;
const searched = ['pattern', types.string] as const;
const regex = ['regex', types.string] as const;
const start = ['start', types.int] as const;
const replacement = ['replacement', types.string] as const;
const amount = ['amount', types.int] as const;

const at = (context: Context, self: string, place: number): string =>
  String.fromCodePoint(self.codePointAt(exclusive(context, self, place)) as number);

function* matches(context: Context, text: string, expression: string) {
  for (const match of search(context, pattern(context, expression), text)) {
    context.host.budget.make(match.end - match.start + 1);
    yield match;
  }
}
function firstMatch(context: Context, text: string, expression: string, from: number): number {
  return matching(context, expression)(text, from)?.start ?? -1;
}

export const stringTable = new Table<string>(shown)
  .operator('+', [['other', types.any]], (context, self, value) => joined(context, self, displayText(context, value)))
  .indexed(['index', types.int], at)
  .field('length', (context, self) => characters(context, self))
  .method('at', [index], at)
  .method('concat', [other], (context, self, value) => joined(context, self, value))
  .method('endsWith', [['suffix', types.string]], (context, self, value) => {
    looked(context, value.length);
    return self.endsWith(value);
  })
  .method('includes', [searched], (context, self, value) => firstOf(context, self, value) >= 0)
  .method('includesRegex', [regex], (context, self, value) => matchesAnywhere(context, pattern(context, value), self))
  .method('insert', [index, other], (context, self, place, value) => {
    const unit = inclusive(context, self, place);
    return joined(context, self.slice(0, unit), value, self.slice(unit));
  })
  .method('indexOf', [searched], (context, self, value) => found(context, self, firstOf(context, self, value)))
  .method('indexOf', [searched, start], (context, self, value, from) =>
    found(context, self, firstOf(context, self, value, exclusive(context, self, from))),
  )
  .method('indexOfRegex', [regex], (context, self, value) => found(context, self, firstMatch(context, self, value, 0)))
  .method('indexOfRegex', [regex, start], (context, self, value, from) =>
    found(context, self, firstMatch(context, self, value, exclusive(context, self, from))),
  )
  .method('lastIndexOf', [searched], (context, self, value) => found(context, self, lastOf(context, self, value)))
  .method('lastIndexOf', [searched, ['end', types.int]], (context, self, value, end) =>
    found(context, self, lastOf(context, self, value, exclusive(context, self, end))),
  )
  .method('matches', [regex], (context, self, value) =>
    Array.from(matches(context, self, value), (match) => match.groups[0] as string),
  )
  .method('matchIndexes', [regex], (context, self, value) => {
    const counter = new CodePointCounter(self);
    looked(context, self.length);
    return Array.from(matches(context, self, value), ({ start, groups }) => [
      counter.before(start),
      groups[0] as string,
    ]);
  })
  .method('replace', [searched, replacement], (context, self, from, to) =>
    replaced(context, self, finding(context, from), to, 1),
  )
  .method('replace', [searched, replacement, amount], (context, self, from, to, count) =>
    replaced(context, self, finding(context, from), to, count),
  )
  .method('replaceRegex', [regex, replacement], (context, self, from, to) =>
    replaced(context, self, matching(context, from), to, 1),
  )
  .method('replaceRegex', [regex, replacement, amount], (context, self, from, to, count) =>
    replaced(context, self, matching(context, from), to, count),
  )
  .method('replaceAll', [searched, replacement], (context, self, from, to) =>
    replaced(context, self, finding(context, from), to, Number.POSITIVE_INFINITY),
  )
  .method('replaceAllRegex', [searched, replacement], (context, self, from, to) =>
    replaced(context, self, matching(context, from), to, Number.POSITIVE_INFINITY),
  )
  .method('startsWith', [['prefix', types.string]], (context, self, value) => {
    looked(context, value.length);
    return self.startsWith(value);
  })
  .method('slice', [start], (context, self, from) => sliced(self, unchecked(context, self, from), self.length))
  .method('slice', [start, ['end', types.int]], (context, self, from, until) =>
    sliced(self, unchecked(context, self, from), unchecked(context, self, until)),
  )
  .method('toLowerCase', [], (context, self) => {
    context.host.budget.make(self.length);
    return self.toLowerCase();
  })
  .method('toUpperCase', [], (context, self) => {
    context.host.budget.make(self.length);
    return self.toUpperCase();
  })
  .method('casefold', [], (context, self) => normalised(context, self, 'NFKCCaseFold'))
  .method('casefold', [['format', types.string]], (context, self, form) => normalised(context, self, form))
  .method('parseNumber', [], (context, self) => parsedNumber(context, self))
  .method('parseDouble', [], (context, self) => parsedDouble(context, self))
  .method('parseLong', [], (context, self) => parsedInteger(context, self, 10, 64))
  .method('parseLong', [['radix', types.int]], (context, self, radix) => parsedInteger(context, self, radix, 64))
  .method('parseInt', [], (context, self) => parsedInteger(context, self, 10, 32))
  .method('parseInt', [['radix', types.int]], (context, self, radix) => parsedInteger(context, self, radix, 32))
  .method('split', [['separator', types.string]], (context, self, separator) =>
    split(context, self, finding(context, separator)),
  )
  .method('splitRegex', [regex], (context, self, separator) => split(context, self, matching(context, separator)))
  .method('splitAt', [index], (context, self, place) => {
    const unit = inclusive(context, self, place);
    return [self.slice(0, unit), self.slice(unit)];
  });

export const stringModule = new LibraryModule('String', (value) => typeof value === 'string');
