/** Longer queries rarely repeat, and would take much memory. */
const MAX_LENGTH = 4096;
const CAPACITY = 1000;

/**
 * Caches the parsed form of recent queries: an application sends the same few again and again. Queries that contain the
 * data they write occur once; caching all of those would cost more garbage collection than parsing costs.
 */
export class ParsedQueries<T> {
  /** By text; `undefined` if it has occurred once so far. */
  readonly #recent = new Map<string, T | undefined>();

  constructor(readonly parse: (text: string) => T) {}

  /** The parsed form of a text. What `parse` throws is not cached. */
  get(text: string): T {
    if (text.length > MAX_LENGTH) return this.parse(text);
    const known = this.#recent.get(text);
    const query = known ?? this.parse(text);
    // A Map keeps insertion order: used entries move to the end, unused ones are evicted from the front.
    const isFirst = !this.#recent.delete(text);
    if (isFirst && this.#recent.size >= CAPACITY) this.#recent.delete(this.#recent.keys().next().value as string);
    this.#recent.set(text, isFirst ? undefined : query);
    return query;
  }
}
