export { MAX_KEY_BYTES } from './layered-store.js';
export { restoreBackup } from './lmdb.js';
export { openStore } from './open.js';
export type { Entry, Key, Outcome, Range, Reader, Store, Transaction, Value } from './store.js';
