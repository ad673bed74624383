import type { Database as AnyDatabase, RootDatabase } from 'lmdb';
import { seal } from './seal.js';

/** All of a file's databases hold bytes under bytes. */
export type Database = RootDatabase<Buffer, Buffer>;
/** The database in an LMDB file that holds the entries, each value of which is sealed. */
export type Entries = AnyDatabase<Buffer, Buffer>;

const ENTRIES = 'entries';
export const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** The key that leads to that database, which LMDB's binding ends with a zero byte. */
export const KEY_OF_ENTRIES = Buffer.from(`${ENTRIES}\0`);
/** How many entries are moved in one transaction. */
const AT_ONCE = 10_000;

/** The entries in an open file; for reading, they must be there. */
export function openEntries(root: Database): Entries {
  return root.openDB(ENTRIES, { ...BINARY });
}

/**
 * Brings the entries of a file that an older version wrote, which had them in the file's unnamed database and not sealed,
 * into their place. What is in the unnamed database is what is left to do, so it goes on where it was interrupted.
 */
export function adoptEntries(root: Database, entries: Entries): void {
  while (hasOthers(root)) {
    root.transactionSync(() => {
      for (const { key, value } of [...root.getRange({ limit: AT_ONCE })]) {
        if (KEY_OF_ENTRIES.equals(key)) continue;
        entries.put(key, seal(key, value));
        root.remove(key);
      }
    });
    root.resetReadTxn();
  }
}

function hasOthers(root: Database): boolean {
  for (const key of root.getKeys({ limit: 2 })) if (!KEY_OF_ENTRIES.equals(key)) return true;
  return false;
}
