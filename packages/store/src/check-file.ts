import { existsSync, statSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE, reasonOf } from './files.js';
import { lockDirectory } from './lock.js';
import { type FoundEntry, NotAnLmdbFile, PageReader, type Thoroughness } from './pages.js';
import { DamagedData } from './seal.js';

/** Up to this size all pages of a file are checked before use, which is quick. In a larger file only the inner pages are. */
const QUICKLY_READ_BYTES = 64 * 2 ** 20;
/** The most findings that are reported. */
const MOST_DAMAGES = 1000;

/**
 * Checks a file before LMDB opens it: a foreign or damaged file would crash LMDB, and with it the process. A missing or
 * empty file is fine; LMDB creates it. No other process may be writing the file.
 *
 * @throws {DamagedData} if a page reference that LMDB would follow is invalid
 * @throws {Error} if the file is not an LMDB file of ours; the system's error if it cannot be read and written.
 */
export async function checkBeforeUse(file: string): Promise<void> {
  if (!existsSync(file)) return;
  await access(file, constants.R_OK | constants.W_OK);
  const { size } = statSync(file);
  if (size === 0) return;
  refuseDamaged(file, size <= QUICKLY_READ_BYTES ? 'pages' : 'inner pages');
}

/** @throws {DamagedData} if anything is not as it was written, in a file that no process is writing */
export function checkWhole(file: string): void {
  readable(file, () => refuseDamaged(file, 'entries'));
}

/** @throws {DamagedData} if the end is missing, in a file that another process may be writing */
export function checkLength(file: string): void {
  readable(file, () => {
    const reader = open(file, 'inner pages', () => {});
    try {
      if (reader.isOfFullLength) return;
    } finally {
      reader.close();
    }
    // It may legitimately be shorter than it once was.
    refuseDamaged(file, 'pages');
  });
}

/**
 * Checks all of a file that no process is writing.
 *
 * @returns what is damaged, one sentence each; at most a thousand
 */
export function damagesOf(file: string, thoroughness: Thoroughness, entry?: (entry: FoundEntry) => void): string[] {
  const damages: string[] = [];
  const damage = (what: string) => {
    if (damages.length < MOST_DAMAGES) damages.push(what);
  };
  const reader = open(file, thoroughness, damage, entry);
  try {
    // A file that is too short is checked completely: the missing part may be unused.
    reader.visit();
  } finally {
    reader.close();
  }
  return damages;
}

/**
 * Reads everything in a data directory that no server is using, and changes nothing.
 *
 * @param decode reads an entry, and throws if its content is invalid
 * @returns what is damaged, one sentence each; at most a thousand
 * @throws {Error} if a server is using the directory, or it holds no data
 */
export async function checkDirectory(directory: string, decode: (entry: FoundEntry) => void): Promise<string[]> {
  const file = join(directory, FILE);
  if (!existsSync(file)) {
    throw new Error(`${directory} holds no data: give the data directory of a server, which has a ${FILE} in it.`);
  }
  const unlock = await lockDirectory(directory);
  try {
    const unreadable: string[] = [];
    let damages: string[] = [];
    readable(file, () => {
      damages = damagesOf(file, 'entries', (entry) => {
        try {
          decode(entry);
        } catch (error) {
          const key = entry.key.toString('hex');
          unreadable.push(`the entry with the key ${key} cannot be understood: ${(error as Error).message}`);
        }
      });
    });
    return [...damages, ...unreadable].slice(0, MOST_DAMAGES);
  } finally {
    await unlock();
  }
}

function refuseDamaged(file: string, thoroughness: Thoroughness): void {
  const [first, ...others] = damagesOf(file, thoroughness);
  if (first === undefined) return;
  throw new DamagedData(`${file}: ${first}${others.length > 0 ? `, and ${others.length} more` : ''}`);
}

function open(
  file: string,
  thoroughness: Thoroughness,
  damage: (what: string) => void,
  entry?: (e: FoundEntry) => void,
) {
  try {
    return new PageReader(file, thoroughness, { damage, ...(entry && { entry }) });
  } catch (error) {
    if (!(error instanceof NotAnLmdbFile)) throw error;
    throw new Error(
      `${file} is neither a backup nor the data of a server, or its beginning is damaged: give one that a server or a backup has written.`,
    );
  }
}

function readable(file: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (error instanceof DamagedData || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Error(`${file} cannot be read, because ${reasonOf(error)}: give a file that this user may read.`, {
      cause: error,
    });
  }
}
