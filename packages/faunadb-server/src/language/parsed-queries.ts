import type { Expression } from './expression.js';

/** Queries longer than this are seldom the same twice, and would take much room. */
const MAX_LENGTH = 4096;
const CAPACITY = 1000;

/** Remembers what the texts of recent queries parsed to: an application sends the same few over and over. */
export class ParsedQueries {
  readonly #recent = new Map<string, Expression>();

  constructor(readonly parse: (text: string | undefined) => Expression) {}

  /** @throws {Failure} where the text is no query; that is not remembered. */
  get(text: string | undefined): Expression {
    if (text === undefined || text.length > MAX_LENGTH) return this.parse(text);
    const known = this.#recent.get(text);
    if (known) {
      // A Map keeps the order of insertion: what is used moves to the end, what is not leaves at the front.
      this.#recent.delete(text);
      this.#recent.set(text, known);
      return known;
    }
    const expression = this.parse(text);
    if (this.#recent.size >= CAPACITY) this.#recent.delete(this.#recent.keys().next().value as string);
    this.#recent.set(text, expression);
    return expression;
  }
}
