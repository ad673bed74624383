import { constants, existsSync } from 'node:fs';
import { access, chmod, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkLength, checkWhole } from './check-file.js';
import { reasonOfFailedWrite } from './disk-failure.js';
import { BINARY, type Database } from './entries.js';
import { FILE, makeDirectory } from './files.js';
import { lockDirectory } from './lock.js';

/** Copies a database's durable state to a new file, which appears complete or not at all. */
export async function copyTo(database: Database, file: string): Promise<void> {
  const target = resolve(file);
  if (existsSync(target)) throw new Error(`${file} exists already: a backup overwrites nothing.`);
  const partial = `${target}.partial`;
  try {
    await makeDirectory(dirname(target));
    await access(dirname(target), constants.W_OK);
    await rm(partial, { force: true });
    await database.backup(partial, true);
    await chmod(partial, 0o600);
    await rename(partial, target);
  } catch (error) {
    const reason = await reasonOfFailedWrite(dirname(target), error);
    await rm(partial, { force: true }).catch(() => {}); // report the first failure
    throw new Error(
      `${file} cannot be written, because ${reason}: give a file in a directory that this user may write to.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Copies the content of a data directory to a new file. Another process may be serving it meanwhile: the copy is the state
 * of one moment and includes everything acknowledged by then.
 *
 * @throws {Error} if there are no data, or the file exists.
 */
export async function backupDirectory(directory: string, file: string): Promise<void> {
  const data = join(directory, FILE);
  if (!existsSync(data)) {
    throw new Error(`${directory} holds no data: give the data directory of a server, which has a ${FILE} in it.`);
  }
  // The process that serves it checked the pages at its start and may be writing them now.
  checkLength(data);
  await copyOf(data, file);
}

/**
 * Puts a backup's content into an empty data directory.
 *
 * @throws {Error} if the file is not a backup, or the directory holds data already or is in use.
 */
export async function restoreBackup(file: string, directory: string): Promise<void> {
  if (!existsSync(file)) throw new Error(`There is no backup ${file}: give the file that a backup was written to.`);
  const unlock = await lockDirectory(directory);
  try {
    const target = join(directory, FILE);
    if (existsSync(target)) throw new Error(`${directory} holds data already: restore into an empty directory.`);
    checkWhole(file);
    await copyOf(file, target);
  } finally {
    await unlock();
  }
}

/** LMDB copies it, and reads the state of one moment while another process may be writing. */
async function copyOf(source: string, target: string): Promise<void> {
  const { open } = await import('lmdb');
  const database: Database = open({ ...BINARY, path: source, noSubdir: true, readOnly: true });
  try {
    await copyTo(database, target);
  } finally {
    await database.close();
  }
}
