import { LayeredStore } from './layered-store.js';
import type { Store } from './store.js';

/**
 * Opens a store: `{ path }` a directory that only its owner may enter (made where it is missing), `{ memory: true }`
 * one that is gone with the process. What is read of a file stays in the process's memory while the system has room for
 * it, or up to `residentBytes`: the less, the more often reads find it gone, which costs some microseconds.
 *
 * @throws {Error} where another process has the directory open, or it cannot be used.
 * @example
 * const store = await openStore({ path: '.data/fauna' });
 * const { value, durable } = store.transact((tx) => tx.put(key, bytes));
 * await durable;
 */
export async function openStore(
  options: { readonly path: string; readonly residentBytes?: number } | { readonly memory: true },
): Promise<Store> {
  // Each is loaded where it is used: LMDB's native part takes its time.
  if ('path' in options) {
    const { LmdbBase } = await import('./lmdb.js');
    return new LayeredStore(await LmdbBase.open(options.path, options.residentBytes));
  }
  const { MemoryBase } = await import('./memory.js');
  return new LayeredStore(new MemoryBase());
}
