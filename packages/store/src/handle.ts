import { open } from 'lmdb';
import { BINARY, type Database, SealedEntries } from './entries.js';

/**
 * The address space that is set aside for the file. When a file outgrows it LMDB maps it a second time and keeps the first
 * mapping, and what is in memory of both counts; space that nothing lies in costs nothing.
 */
const MAP_BYTES = 16 * 2 ** 30;

/** A file that is open. */
export interface Handle {
  readonly root: Database;
  readonly entries: SealedEntries;
}

/** @param isLost whether its contents need not outlive the process, so that no write waits for the disk */
export function openHandle(path: string, readOnly = false, isLost = false): Handle {
  const root = open<Buffer, Buffer>({
    ...BINARY,
    path,
    readOnly,
    noSync: isLost,
    mapSize: MAP_BYTES,
    // A write's promise settles when it is synced; else it would when it is merely visible.
    overlappingSync: false,
    // Writes are grouped here, not by the event turn; a group that fails would reject a promise that nobody can see.
    commitDelay: 0,
    eventTurnBatching: false,
  });
  return { root, entries: new SealedEntries(root) };
}
