import { createRequire } from 'node:module';
import type { Entry, Key, Range, Value } from './store.js';

// A CommonJS module with its class in a property `default`, which importers resolve differently; `require` is unambiguous.
const { default: BTree } = createRequire(import.meta.url)('sorted-btree') as typeof import('sorted-btree');

export const compare = (a: Key, b: Key): number => Buffer.compare(a, b);

const LOWEST: Key = new Uint8Array(0);

/** Writes on top of a lower state: an ordered map in which `null` stands for a removed key. */
export class Layer {
  #tree = new BTree<Key, Value | null>(undefined, compare);

  get size(): number {
    return this.#tree.size;
  }

  /** The value, `null` for a removed key, `undefined` if this layer does not have the key. */
  get(key: Key): Value | null | undefined {
    return this.#tree.size === 0 ? undefined : this.#tree.get(key);
  }

  set(key: Key, value: Value | null): void {
    this.#tree.set(key, value);
  }

  /** Drops a key from this layer. */
  delete(key: Key): void {
    this.#tree.delete(key);
  }

  clear(): void {
    this.#tree.clear();
  }

  /** A frozen copy. It takes no time, and little memory as long as this layer does not change. */
  clone(): Layer {
    const layer = new Layer();
    layer.#tree = this.#tree.clone();
    return layer;
  }

  /** Applies all of `over` on top of this. */
  absorb(over: Layer): void {
    for (const [key, value] of over.#tree.entries()) this.#tree.set(key, value);
  }

  entries(): IterableIterator<[Key, Value | null]> {
    return this.#tree.entries();
  }

  /** The entries of a range, including removed keys. Valid until the next write to this layer. */
  *range({ start = LOWEST, end, reverse = false }: Range): Generator<[Key, Value | null]> {
    if (this.#tree.size === 0) return;
    if (reverse) {
      for (const entry of this.#tree.entriesReversed(end, undefined, true)) {
        if (compare(entry[0], start) < 0) return;
        yield entry;
      }
    } else {
      for (const entry of this.#tree.entries(start)) {
        if (end !== undefined && compare(entry[0], end) >= 0) return;
        yield entry;
      }
    }
  }

  /** Whether this layer has any key in the range. */
  touches(range: Range): boolean {
    return this.#tree.size > 0 && !this.range(range).next().done;
  }
}

/**
 * Merges ordered layers, the topmost first, over ordered entries. An upper layer's entry hides the lower ones with the same
 * key.
 */
export function* merge(
  layers: readonly Iterable<readonly [Key, Value | null]>[],
  base: Iterable<Entry>,
  reverse: boolean,
): Generator<Entry> {
  const order = reverse ? (a: Key, b: Key) => compare(b, a) : compare;
  const sources = [...layers.map((layer) => layer[Symbol.iterator]()), entriesOf(base)];
  try {
    const heads = sources.map((source) => source.next());
    for (;;) {
      let first: readonly [Key, Value | null] | undefined;
      for (const head of heads) {
        if (!head.done && (first === undefined || order(head.value[0], first[0]) < 0)) first = head.value;
      }
      if (first === undefined) return;
      const [key, value] = first;
      heads.forEach((head, i) => {
        if (!head.done && order(head.value[0], key) === 0) heads[i] = sources[i]!.next();
      });
      if (value !== null) yield { key, value };
    }
  } finally {
    for (const source of sources) source.return?.();
  }
}

function* entriesOf(base: Iterable<Entry>): Generator<[Key, Value]> {
  for (const { key, value } of base) yield [key, value];
}
