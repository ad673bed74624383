import { DamagedData } from './seal.js';
import type { Key, Reader } from './store.js';

/**
 * The keys of a range, ascending, also those of entries whose values are damaged: for those who need no values, whom one
 * entry shall not keep from all that come after it.
 *
 * @example
 * for (const key of keysIn(transaction, { start, end })) transaction.remove(key);
 */
export function* keysIn(reader: Reader, range: { readonly start?: Key; readonly end?: Key }): Generator<Key> {
  for (let rest = range; ; ) {
    try {
      for (const { key } of reader.range(rest)) yield key;
      return;
    } catch (error) {
      if (!(error instanceof DamagedData) || !error.key) throw error;
      yield error.key;
      rest = { ...rest, start: Buffer.concat([error.key, Buffer.of(0)]) };
    }
  }
}
