import { LayeredStore } from './layered-store.js';
import { LmdbBase } from './lmdb.js';
import { MemoryBase } from './memory.js';
import type { Store } from './store.js';

/**
 * Opens a store: `{ path }` a directory that only its owner may enter (made where it is missing), `{ memory: true }`
 * one that is gone with the process.
 *
 * @throws {Error} where another process has the directory open, or it cannot be used.
 * @example
 * const store = await openStore({ path: '.data/fauna' });
 * const { value, durable } = store.transact((tx) => tx.put(key, bytes));
 * await durable;
 */
export async function openStore(options: { readonly path: string } | { readonly memory: true }): Promise<Store> {
  return new LayeredStore('path' in options ? await LmdbBase.open(options.path) : new MemoryBase());
}
