/** The flags of a pattern, which it can change itself, as in `(?i)` or `(?s-m:…)`. */
export interface Flags {
  /** `i`: letters match in either case, ASCII ones unless `unicodeCase`. */
  readonly caseInsensitive: boolean;
  /** `u` */
  readonly unicodeCase: boolean;
  /** `m`: `^` and `$` match at every line. */
  readonly multiline: boolean;
  /** `s`: `.` matches line terminators. */
  readonly dotAll: boolean;
  /** `d`: only `\n` ends a line. */
  readonly unixLines: boolean;
  /** `x`: ignores white space, and comments that begin with `#`. */
  readonly comments: boolean;
  /** `U`: `\w`, `\d`, `\p{Alpha}` and the like use Unicode instead of ASCII. */
  readonly unicodeClasses: boolean;
  /** `c`: accepted, without effect. */
  readonly canonicalEquivalence: boolean;
}

const LETTERS: Readonly<Record<string, readonly (keyof Flags)[]>> = {
  i: ['caseInsensitive'],
  u: ['unicodeCase'],
  m: ['multiline'],
  s: ['dotAll'],
  d: ['unixLines'],
  x: ['comments'],
  U: ['unicodeClasses', 'unicodeCase'],
  c: ['canonicalEquivalence'],
};

export const NO_FLAGS: Flags = {
  caseInsensitive: false,
  unicodeCase: false,
  multiline: false,
  dotAll: false,
  unixLines: false,
  comments: false,
  unicodeClasses: false,
  canonicalEquivalence: false,
};

/** The flags after switching one on or off by its letter, or `undefined` if there is no such flag. */
export function switchFlag(flags: Flags, letter: string, on: boolean): Flags | undefined {
  const names = LETTERS[letter];
  return names && { ...flags, ...Object.fromEntries(names.map((name) => [name, on])) };
}
