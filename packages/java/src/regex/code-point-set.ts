import type { CodePointTest } from './node.js';

/** Code points below this are cached in a table: those of the Latin script and its neighbours. */
const REMEMBERED = 0x180;
const UNKNOWN = 0;
const IN = 1;
const OUT = 2;

/** The cost of tests so far, in characters of the pattern that were examined. */
export interface Effort {
  spent: number;
}

/** A set of code points. It evaluates its test only once for each of the most frequent ones. */
export class CodePointSet {
  #known: Uint8Array | undefined;

  constructor(
    readonly test: CodePointTest,
    readonly length: number,
    readonly effort: Effort,
  ) {}

  has(codePoint: number): boolean {
    if (codePoint >= REMEMBERED) return this.#ask(codePoint);
    this.#known ??= new Uint8Array(REMEMBERED);
    const known = this.#known[codePoint]!;
    return known === UNKNOWN ? this.#learn(codePoint) : known === IN;
  }

  /** Whether the code point at an index of a text is in the set. */
  hasAt(text: string, index: number): boolean {
    const unit = text.charCodeAt(index);
    // There is no code point beyond the end.
    return unit < REMEMBERED ? this.has(unit) : index < text.length && this.#ask(text.codePointAt(index)!);
  }

  #ask(codePoint: number): boolean {
    this.effort.spent += this.length;
    return this.test(codePoint);
  }

  #learn(codePoint: number): boolean {
    const isIn = this.#ask(codePoint);
    this.#known![codePoint] = isIn ? IN : OUT;
    return isIn;
  }
}

/** The number of UTF-16 units of the code point at an index. */
export function unitsAt(text: string, index: number): number {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00 ? 2 : 1;
}
