import { existsSync, statSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE, reasonOf } from './files.js';
import { lockDirectory } from './lock.js';
import { type FoundEntry, NotAnLmdbFile, PageReader, type Thoroughness } from './pages.js';
import { DamagedData } from './seal.js';

/** Of a file no larger than this, all pages are looked at before it is used: that takes a moment. Of a larger one, the inner ones. */
const QUICKLY_READ_BYTES = 64 * 2 ** 20;
/** More findings than these tell nothing new. */
const MOST_DAMAGES = 1000;

/**
 * Looks at a file before LMDB does, which is brought down by one that is none of its own, or damaged. None at all, or an
 * empty one, LMDB begins anew. Nobody else may be writing it.
 *
 * @throws {DamagedData} where what LMDB would follow leads nowhere
 * @throws {Error} where the file is another one; the system's error where it cannot be read and written.
 */
export async function checkBeforeUse(file: string): Promise<void> {
  if (!existsSync(file)) return;
  await access(file, constants.R_OK | constants.W_OK);
  const { size } = statSync(file);
  if (size === 0) return;
  refuseDamaged(file, size <= QUICKLY_READ_BYTES ? 'pages' : 'inner pages');
}

/** @throws {DamagedData} where anything in a file that nobody writes is not as it was written */
export function checkWhole(file: string): void {
  readable(file, () => refuseDamaged(file, 'entries'));
}

/** @throws {DamagedData} where a file that another process may be writing lacks its end */
export function checkLength(file: string): void {
  readable(file, () => {
    const reader = open(file, 'inner pages', () => {});
    try {
      if (reader.isOfFullLength) return;
    } finally {
      reader.close();
    }
    // It may rightly be shorter than it once was.
    refuseDamaged(file, 'pages');
  });
}

/**
 * Goes through all of a file that nobody writes meanwhile.
 *
 * @returns what is damaged, a sentence each; no more than the first thousand
 */
export function damagesOf(file: string, thoroughness: Thoroughness, entry?: (entry: FoundEntry) => void): string[] {
  const damages: string[] = [];
  const damage = (what: string) => {
    if (damages.length < MOST_DAMAGES) damages.push(what);
  };
  const reader = open(file, thoroughness, damage, entry);
  try {
    // A file that is too short is gone through whole: what is missing may be unused.
    reader.visit();
  } finally {
    reader.close();
  }
  return damages;
}

/**
 * Reads everything in a data directory that no server uses meanwhile, and changes nothing.
 *
 * @param decode what reads an entry, and throws where it says nothing that can be
 * @returns what is damaged, a sentence each; no more than the first thousand
 * @throws {Error} where a server has the directory, or there are no data in it
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
