import { LayeredStore } from './layered-store.js';
import type { Store } from './store.js';

/**
 * Opens a store: `{ path }` in a directory that only its owner may enter (created if missing), `{ memory: true }` in
 * memory, lost when the process ends. What is read from a file stays in the process's memory while the system has room, or
 * up to `residentBytes`; the lower that limit, the more reads have to map pages again, which costs some microseconds.
 *
 * @throws {Error} if another process has the directory open, or it cannot be used.
 * @example
 * const store = await openStore({ path: '.data/fauna' });
 * const { value, durable } = store.transact((tx) => tx.put(key, bytes));
 * await durable;
 */
export async function openStore(
  options: { readonly path: string; readonly residentBytes?: number } | { readonly memory: true },
): Promise<Store> {
  // Each is loaded on first use: loading LMDB's native part takes time.
  if ('path' in options) {
    const { LmdbBase } = await import('./lmdb.js');
    return new LayeredStore(await LmdbBase.open(options.path, options.residentBytes));
  }
  const { MemoryBase } = await import('./memory.js');
  return new LayeredStore(new MemoryBase());
}
