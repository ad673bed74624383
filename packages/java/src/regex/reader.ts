/** Thrown if a pattern is invalid; the message says why, in Java's words. */
export class PatternError extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'PatternError';

  /** @param index the position that Java reports, in code points; -1 before the first one */
  constructor(
    message: string,
    readonly index: number,
  ) {
    super(message);
  }
}

/** How deeply groups and classes may be nested; the real server's stack overflows slightly later. */
const MAX_DEPTH = 500;

/** Longer patterns would take long to compile, and nobody writes them by hand. */
const MAX_LENGTH = 2 ** 16;

const BACKSLASH = 0x5c;
const UPPER_E = 0x45;
const UPPER_Q = 0x51;

/** Reads a pattern by code points. Text between `\Q` and `\E` is marked as literal, without these two. */
export class Reader {
  readonly #codePoints: number[] = [];
  readonly #isLiteral: boolean[] = [];
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    if (pattern.length > MAX_LENGTH) throw new PatternError('The pattern is too long', MAX_LENGTH);
    const all = Array.from(pattern, (c) => c.codePointAt(0)!);
    let quoted = false;
    for (let i = 0; i < all.length; i++) {
      const [point, next] = [all[i]!, all[i + 1]];
      if (point === BACKSLASH && next === (quoted ? UPPER_E : UPPER_Q)) {
        quoted = !quoted;
        i++;
        continue;
      }
      this.#codePoints.push(point);
      this.#isLiteral.push(quoted);
      if (point === BACKSLASH && !quoted && next !== undefined) {
        this.#codePoints.push(next);
        this.#isLiteral.push(false);
        i++;
      }
    }
  }

  get atEnd(): boolean {
    return this.#at >= this.#codePoints.length;
  }

  /** How many characters are left. */
  get left(): number {
    return this.#codePoints.length - this.#at;
  }

  /** The next character if it is not quoted; `undefined` at the end and if it is quoted. */
  peek(ahead = 0): string | undefined {
    const at = this.#at + ahead;
    return at < this.#codePoints.length && !this.#isLiteral[at]
      ? String.fromCodePoint(this.#codePoints[at]!)
      : undefined;
  }

  /** Consumes the next code point, whatever it is. */
  take(): number {
    if (this.atEnd) throw this.error('Unclosed character class', 1);
    return this.#codePoints[this.#at++]!;
  }

  /** Consumes a piece of syntax if it is next. */
  takeIf(syntax: string): boolean {
    for (let i = 0; i < syntax.length; i++) if (this.peek(i) !== syntax[i]) return false;
    this.#at += syntax.length;
    return true;
  }

  /** Consumes characters while they are unquoted and match a class. */
  takeWhile(expression: RegExp, limit = Number.POSITIVE_INFINITY): string {
    let taken = '';
    for (let c = this.peek(); c !== undefined && taken.length < limit && expression.test(c); c = this.peek()) {
      taken += c;
      this.#at++;
    }
    return taken;
  }

  /** Skips white space, and comments from `#` to the end of the line. */
  skipComments(unixLines: boolean): void {
    const lineEnd = unixLines ? /\n/ : /[\n\r\x85\u2028\u2029]/;
    for (let c = this.peek(); c !== undefined && /[ \t-\r#]/.test(c); c = this.peek()) {
      this.#at++;
      if (c === '#') while (!this.atEnd && !lineEnd.test(this.peek() ?? '')) this.#at++;
    }
  }

  /** Parses something nested. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw this.error('The pattern is nested too deeply');
    const parsed = parse();
    this.#depth--;
    return parsed;
  }

  /** @param ahead how many code points Java has read beyond those consumed here */
  error(message: string, ahead = 0): PatternError {
    return new PatternError(message, this.#at - 1 + ahead);
  }

  get isNested(): boolean {
    return this.#depth > 0;
  }

  /** Goes back by one code point. */
  back(): void {
    this.#at--;
  }
}
