import { compare } from './layer.js';
import type { Entry, Key, Range } from './store.js';

/** Up to this many spans are kept separately; beyond that, spans near each other are merged. */
const MAX_SPANS = 20_000;

/** How long a prefix nearby keys share: kind, database and collection in the servers' data. */
const NEAR = 7;

const LOWEST: Key = new Uint8Array(0);

/** The keys from `start` (inclusive) to `end` (exclusive, `undefined` for all that follow). */
interface Span {
  readonly start: Key;
  readonly end: Key | undefined;
}

/** Records which keys a transaction has read, including keys that did not exist. */
export class ReadLog {
  #spans: Span[] = [];
  readonly #open = new Set<OpenSpan>();

  clear(): void {
    this.#spans = [];
    this.#open.clear();
  }

  get(key: Key): void {
    this.#add({ start: key, end: next(key) });
  }

  /** Records what is read from a range, element by element: how far the reader goes becomes known only then. */
  *range(range: Range, entries: Iterable<Entry>): Generator<Entry> {
    const span = new OpenSpan(range);
    this.#open.add(span);
    for (const entry of entries) {
      span.last = entry.key;
      yield entry;
    }
    this.#open.delete(span);
    this.#add({ start: range.start ?? LOWEST, end: range.end });
  }

  /** A serialised form, from which {@link ReadSet} finds whether a key was read. */
  encode(): Buffer {
    for (const span of this.#open) this.#add(span.soFar());
    this.#open.clear();
    this.#merge();
    const pieces: Uint8Array[] = [];
    for (const { start, end } of this.#spans) {
      const lengths = Buffer.allocUnsafe(4);
      lengths.writeUInt16BE(start.length, 0);
      lengths.writeUInt16BE(end?.length ?? ENDLESS, 2);
      pieces.push(lengths, start, end ?? LOWEST);
    }
    return Buffer.concat(pieces);
  }

  #add(span: Span): void {
    if (this.#spans.push(span) === 4 * MAX_SPANS) this.#merge();
  }

  #merge(): void {
    this.#spans.sort((a, b) => compare(a.start, b.start));
    this.#spans = merged(this.#spans, () => false);
    if (this.#spans.length > MAX_SPANS) this.#spans = merged(this.#spans, isNear);
  }
}

/** A range that is being read, or was abandoned in the middle. */
class OpenSpan {
  last: Key | undefined;

  constructor(readonly range: Range) {}

  soFar(): Span {
    const { start = LOWEST, end, reverse } = this.range;
    if (this.last === undefined) return { start, end };
    return reverse ? { start: this.last, end } : { start, end: next(this.last) };
  }
}

/** Ordered spans, with overlapping spans merged, and those for which `joins` returns true. */
function merged(spans: readonly Span[], joins: (a: Span, b: Span) => boolean): Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last && (last.end === undefined || compare(span.start, last.end) <= 0 || joins(last, span))) {
      const isLonger = last.end !== undefined && (span.end === undefined || compare(span.end, last.end) > 0);
      if (isLonger) result[result.length - 1] = { start: last.start, end: span.end };
    } else result.push(span);
  }
  return result;
}

function isNear({ start: a }: Span, { start: b }: Span): boolean {
  return a.length >= NEAR && b.length >= NEAR && compare(a.subarray(0, NEAR), b.subarray(0, NEAR)) === 0;
}

/** The first key after one. */
function next(key: Key): Key {
  const result = new Uint8Array(key.length + 1);
  result.set(key);
  return result;
}

const ENDLESS = 0xffff;

/** What a transaction has read. */
export class ReadSet {
  readonly #spans: Span[] = [];

  constructor(bytes: Buffer) {
    for (let at = 0; at < bytes.length; ) {
      const startAt = at + 4;
      const endAt = startAt + bytes.readUInt16BE(at);
      const endLength = bytes.readUInt16BE(at + 2);
      at = endLength === ENDLESS ? endAt : endAt + endLength;
      this.#spans.push({
        start: bytes.subarray(startAt, endAt),
        end: endLength === ENDLESS ? undefined : bytes.subarray(endAt, at),
      });
    }
  }

  includes(key: Key): boolean {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.#spans[middle]!.start, key) <= 0) low = middle + 1;
      else high = middle;
    }
    const span = this.#spans[low - 1];
    return span !== undefined && (span.end === undefined || compare(key, span.end) < 0);
  }
}
