import type { Query } from '../../query/language.js';

/** Queries longer than this are seldom the same twice, and would take much room. */
const MAX_LENGTH = 4096;
const CAPACITY = 1000;

/**
 * Remembers what the texts of recent queries parsed to: an application sends the same few over and over. The others, which
 * hold what they write, come once: keeping all of those would cost the garbage collector more than parsing costs.
 */
export class ParsedQueries {
  /** By text; undefined where it came once so far. */
  readonly #recent = new Map<string, Query | undefined>();

  constructor(readonly parse: (text: string | undefined) => Query) {}

  /** @throws {Failure} where the text is no query; that is not remembered. */
  get(text: string | undefined): Query {
    if (text === undefined || text.length > MAX_LENGTH) return this.parse(text);
    const known = this.#recent.get(text);
    const query = known ?? this.parse(text);
    // A Map keeps the order of insertion: what is used moves to the end, what is not leaves at the front.
    const isFirst = !this.#recent.delete(text);
    if (isFirst && this.#recent.size >= CAPACITY) this.#recent.delete(this.#recent.keys().next().value as string);
    this.#recent.set(text, isFirst ? undefined : query);
    return query;
  }
}
