import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { getSystemErrorName } from 'node:util';

/** The file in a data directory in which LMDB keeps everything. */
export const FILE = 'data.mdb';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission for it',
  EDQUOT: "this user's share of the disk is full",
  EEXIST: 'it exists already',
  EIO: 'the disk failed to read or write it',
  EISDIR: 'it is a directory',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'there is no such file or directory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it or a part of its path is a file',
  EPERM: 'this user has no permission for it',
  EROFS: 'its disk is read-only',
};

/**
 * Why a file or directory, called "it", could not be used, to follow "because". The system's own messages name calls and
 * codes that do not help users to correct a setting.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  // LMDB reports system errors by number, and its own by negative numbers.
  const name = typeof code === 'number' && code > 0 ? getSystemErrorName(-code) : String(code);
  return REASONS[name] ?? error.message;
}

/**
 * Creates a directory and its missing parents; an existing one is left as it is.
 *
 * Node's recursive `mkdir` treats "no such directory" as "create the parent first", and loops forever if the parent exists
 * but nothing can be created in it: in `/proc`, or behind a broken link.
 *
 * @throws {Error} the system's, or one that {@link reasonOf} understands too.
 */
export async function makeDirectory(path: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      if ((await stat(path)).isDirectory()) return;
      throw Object.assign(new Error(`${path} is a file`), { code: 'ENOTDIR' });
    }
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path) throw error;
    if (await isThere(above)) throw new Error(`cannot create anything in ${above}`, { cause: error });
    await makeDirectory(above, mode);
    await makeDirectory(path, mode);
  }
}

/**
 * Creates a data directory that only its owner may enter, if it does not exist.
 *
 * @throws {Error} a message for whoever chose the directory, if this process cannot keep data in it.
 */
export async function makeDataDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory, 0o700);
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** Converts a failure inside a data directory, or with one of its files, for the user. */
export function unusable(directory: string, error: unknown, file?: string): Error {
  const reason = file === undefined ? reasonOf(error) : `of its file ${file}: ${reasonOf(error)}`;
  const message = `The data directory ${directory} cannot be used, because ${reason}: give a directory that this user may write to.`;
  return new Error(message, { cause: error });
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
