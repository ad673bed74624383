import { MAX_INTEGER, MIN_INTEGER } from '@supertokens-faunadb/java/numbers';
import { ObjectValue, type Value } from './values.js';

/** How deep arrays and objects may be nested. The real server refuses 1,001 levels, and hangs a little below that. */
export const MAX_DEPTH = 900;

/** The reason why a text is not JSON that this server accepts. */
export class JsonError extends Error {
  static override stackTraceLimit = 0;
  /** @param detail what the real server says about it, in the words of its parser; empty if it says nothing */
  constructor(
    readonly reason: 'syntax' | 'depth',
    readonly detail = '',
  ) {
    super(reason);
  }
}

/** The values that JSON can hold. */
export type JsonValue = null | boolean | bigint | number | string | readonly JsonValue[] | ObjectValue;

/**
 * Parses JSON as FaunaDB does: a number without point and exponent is a 64-bit integer, any other a double. The first
 * of two fields of one name counts. A lone surrogate is kept. After the value, only white space or the beginning of
 * another value may follow.
 *
 * @throws {JsonError} if the text is not such JSON.
 */
export function parseJson(text: string): JsonValue {
  const parser = new Parser(text);
  return parser.document();
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** The most characters of an integer: 19 digits and a sign. */
const MAX_DIGITS = 20;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Parser {
  #at = 0;
  #depth = 0;

  constructor(readonly text: string) {}

  document(): JsonValue {
    if (this.text.charCodeAt(0) === 0xfeff) this.#at = 1;
    const value = this.#value();
    this.#skipSpace();
    if (this.#at < this.text.length && !/["[{\-\d]|true|false|null/y.test(this.text.slice(this.#at, this.#at + 5))) {
      throw new JsonError('syntax');
    }
    return value;
  }

  #skipSpace(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.#at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.#at++;
    }
  }

  #value(): JsonValue {
    this.#skipSpace();
    const c = this.text.charCodeAt(this.#at);
    if (c === QUOTE) return this.#string();
    if (c === OPEN_BRACE) return this.#object();
    if (c === OPEN_BRACKET) return this.#array();
    if (c === MINUS || (c >= ZERO && c <= NINE)) return this.#number();
    if (this.#word('true')) return true;
    if (this.#word('false')) return false;
    if (this.#word('null')) return null;
    throw new JsonError('syntax');
  }

  #word(word: string): boolean {
    if (!this.text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    if (/[\w$]/.test(this.text.charAt(this.#at))) throw new JsonError('syntax');
    return true;
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > MAX_DEPTH) throw new JsonError('depth');
  }

  /** What stands here instead of the next part of an object or array, which begins at `start`. */
  #unexpected(kind: 'Object' | 'Array', start: number, expected: string): JsonError {
    const here = this.#place(this.#at);
    if (this.#at >= this.text.length) {
      const close = `expected close marker for ${kind} (start marker at ${this.#place(start)})`;
      return new JsonError('syntax', `Unexpected end-of-input: ${close}\n at ${here}`);
    }
    const code = this.text.charCodeAt(this.#at);
    const shown = code < 0x20 ? 'CTRL-CHAR, code ' : `'${this.text.charAt(this.#at)}' (code `;
    const number = code > 0xff ? `${code} / 0x${code.toString(16)}` : String(code);
    const character = `${shown}${number}${code < 0x20 ? '' : ')'}`;
    return new JsonError('syntax', `Unexpected character (${character}): was expecting ${expected}\n at ${here}`);
  }

  #place(at: number): string {
    const before = this.text.slice(0, at);
    const line = before.split('\n').length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1)) + 1;
    return `[Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${line}, column: ${column}]`;
  }

  #object(): ObjectValue {
    const start = this.#at;
    this.#enter();
    const fields = new Map<string, Value>();
    if (!this.#closes(CLOSE_BRACE)) {
      do {
        this.#skipSpace();
        if (this.text.charCodeAt(this.#at) !== QUOTE)
          throw this.#unexpected('Object', start, 'double-quote to start field name');
        const name = this.#string();
        this.#skipSpace();
        if (this.text.charCodeAt(this.#at++) !== COLON) throw new JsonError('syntax');
        const value = this.#value();
        if (!fields.has(name)) fields.set(name, value);
      } while (this.#another(CLOSE_BRACE, 'Object', start));
    }
    this.#depth--;
    return new ObjectValue(fields);
  }

  #array(): JsonValue[] {
    const start = this.#at;
    this.#enter();
    const elements: JsonValue[] = [];
    if (!this.#closes(CLOSE_BRACKET)) {
      do elements.push(this.#value());
      while (this.#another(CLOSE_BRACKET, 'Array', start));
    }
    this.#depth--;
    return elements;
  }

  #closes(bracket: number): boolean {
    this.#skipSpace();
    if (this.text.charCodeAt(this.#at) !== bracket) return false;
    this.#at++;
    return true;
  }

  #another(bracket: number, kind: 'Object' | 'Array', start: number): boolean {
    this.#skipSpace();
    const c = this.text.charCodeAt(this.#at);
    if (c !== COMMA && c !== bracket) throw this.#unexpected(kind, start, `comma to separate ${kind} entries`);
    this.#at++;
    return c === COMMA;
  }

  #string(): string {
    const start = ++this.#at;
    for (;;) {
      const c = this.text.charCodeAt(this.#at);
      if (c === QUOTE) return this.text.slice(start, this.#at++);
      if (c === BACKSLASH) return this.#escapedString(start);
      if (!(c >= 0x20)) throw new JsonError('syntax');
      this.#at++;
    }
  }

  #escapedString(start: number): string {
    let result = '';
    let from = start;
    for (;;) {
      const c = this.text.charCodeAt(this.#at);
      if (c === QUOTE) return result + this.text.slice(from, this.#at++);
      if (!(c >= 0x20)) throw new JsonError('syntax');
      this.#at++;
      if (c !== BACKSLASH) continue;
      result += this.text.slice(from, this.#at - 1);
      const letter = this.text.charAt(this.#at++);
      if (letter === 'u') {
        const hex = this.text.slice(this.#at, this.#at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw new JsonError('syntax');
        result += String.fromCharCode(Number.parseInt(hex, 16));
        this.#at += 4;
      } else {
        const character = ESCAPES[letter];
        if (character === undefined) throw new JsonError('syntax');
        result += character;
      }
      from = this.#at;
    }
  }

  #number(): bigint | number {
    return this.#shortInteger() ?? this.#anyNumber();
  }

  /** Parses the common case: an integer of a few digits. */
  #shortInteger(): bigint | undefined {
    const start = this.#at;
    let c = this.text.charCodeAt(start);
    if (c === ZERO) return undefined;
    let at = start;
    let value = 0;
    while (c >= ZERO && c <= NINE) {
      value = value * 10 + (c - ZERO);
      c = this.text.charCodeAt(++at);
    }
    if (at === start || at - start > 15 || !(c === COMMA || c === CLOSE_BRACKET || c === CLOSE_BRACE)) return undefined;
    this.#at = at;
    return BigInt(value);
  }

  #anyNumber(): bigint | number {
    NUMBER.lastIndex = this.#at;
    const literal = NUMBER.exec(this.text)?.[0];
    if (literal === undefined) throw new JsonError('syntax');
    this.#at += literal.length;
    // A number must end here: `01` and `1x` are not numbers.
    if (/[\w.$]/.test(this.text.charAt(this.#at))) throw new JsonError('syntax');
    if (/[.eE]/.test(literal)) return Number(literal);
    // Longer ones take long to convert, and exceed the range anyway.
    if (literal.length > MAX_DIGITS) throw new JsonError('syntax');
    const integer = BigInt(literal);
    if (integer < MIN_INTEGER || integer > MAX_INTEGER) throw new JsonError('syntax');
    return integer;
  }
}
