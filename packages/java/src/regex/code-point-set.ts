import type { CodePointTest } from './node.js';

/** Code points below are looked up in a table: those of the Latin script and its neighbours. */
const REMEMBERED = 0x180;
const UNKNOWN = 0;
const IN = 1;
const OUT = 2;

/** What tests have cost, in characters of the pattern that were gone through. */
export interface Effort {
  spent: number;
}

/** A set of code points that asks its test but once for each of the most frequent ones. */
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
    // Beyond the end there is none.
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

/** How many UTF-16 units the code point at an index has. */
export function unitsAt(text: string, index: number): number {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00 ? 2 : 1;
}
