import { open } from 'lmdb';
import { BINARY, type Database, SealedEntries } from './entries.js';

/**
 * The address space reserved for the file. If a file outgrows it, LMDB maps it a second time and keeps the first mapping,
 * and the resident memory of both counts. Reserved space without content costs nothing.
 */
const MAP_BYTES = 16 * 2 ** 30;

/** An open file. */
export interface Handle {
  readonly root: Database;
  readonly entries: SealedEntries;
}

/** @param isLost whether the contents need not outlive the process, so that no write waits for the disk */
export function openHandle(path: string, readOnly = false, isLost = false): Handle {
  const root = open<Buffer, Buffer>({
    ...BINARY,
    path,
    readOnly,
    noSync: isLost,
    mapSize: MAP_BYTES,
    // A write's promise resolves when it is synced, not when it is merely visible.
    overlappingSync: false,
    // Writes are grouped here, not per event loop turn: a failing group would reject a promise that nothing handles.
    commitDelay: 0,
    eventTurnBatching: false,
  });
  return { root, entries: new SealedEntries(root) };
}
