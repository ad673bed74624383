export { backupDirectory, restoreBackup } from './backup.js';
export { checkDirectory } from './check-file.js';
export { DiskFailure } from './disk-failure.js';
export { makeDataDirectory, makeDirectory, reasonOf } from './files.js';
export { MAX_KEY_BYTES } from './layered-store.js';
export { openStore } from './open.js';
export type { FoundEntry } from './pages.js';
export { DamagedData } from './seal.js';
export type { Entry, Key, Outcome, Range, Reader, Store, Transaction, Value } from './store.js';
