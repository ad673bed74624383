import { constants, existsSync } from 'node:fs';
import { access, chmod, type FileHandle, open as openFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { makeDirectory, reasonOf } from './files.js';
import { lockDirectory } from './lock.js';

/** Where in its directory LMDB keeps everything. */
export const FILE = 'data.mdb';

/** Copies what is on disk of a database into a new file, which appears there whole or not at all. */
export async function copyTo(database: RootDatabase<Buffer, Buffer>, file: string): Promise<void> {
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
    await rm(partial, { force: true }).catch(() => {}); // what failed first is what matters
    throw new Error(
      `${file} cannot be written, because ${reasonOf(error)}: give a file in a directory that this user may write to.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Copies a data directory's content into a new file. Another process may be serving it meanwhile: the copy is the state of
 * one moment, with all that had been acknowledged by then.
 *
 * @throws {Error} where there is no data, or the file exists.
 */
export async function backupDirectory(directory: string, file: string): Promise<void> {
  const data = join(directory, FILE);
  if (!existsSync(data)) {
    throw new Error(`${directory} holds no data: give the data directory of a server, which has a ${FILE} in it.`);
  }
  await copyOf(data, file);
}

/**
 * Puts a backup's content into a data directory that has none yet.
 *
 * @throws {Error} where the file is no backup, or the directory holds data already or is in use.
 */
export async function restoreBackup(file: string, directory: string): Promise<void> {
  if (!existsSync(file)) throw new Error(`There is no backup ${file}: give the file that a backup was written to.`);
  const unlock = await lockDirectory(directory);
  try {
    const target = join(directory, FILE);
    if (existsSync(target)) throw new Error(`${directory} holds data already: restore into an empty directory.`);
    await copyOf(file, target);
  } finally {
    await unlock();
  }
}

/** Copied by LMDB, which reads one moment's state while another process may be writing. */
async function copyOf(source: string, target: string): Promise<void> {
  await checkWhole(source);
  const { open } = await import('lmdb');
  const database: RootDatabase<Buffer, Buffer> = open({
    path: source,
    noSubdir: true,
    readOnly: true,
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  try {
    await copyTo(database, target);
  } finally {
    await database.close();
  }
}

/** Where each of the two pages that begin an LMDB file, of which the later written counts, has what is looked at here. */
const HEAD = { magic: 24, pageSize: 48, lastPage: 144, length: 152 } as const;
const MAGIC = 0xbeefc0de;

/**
 * What is no LMDB file would bring down the process that opens it. None at all, or an empty one, LMDB begins anew.
 *
 * @throws {Error} where the file is another one, or the system's error where it cannot be read and written.
 */
export async function checkForm(file: string): Promise<void> {
  if (!existsSync(file)) return;
  const handle = await openFile(file, 'r+');
  try {
    if ((await handle.stat()).size > 0) await readHeads(handle, file);
  } finally {
    await handle.close();
  }
}

/** One that is cut short would bring down the process that reads it as well. */
async function checkWhole(file: string): Promise<void> {
  const handle = await openFile(file).catch((error) => {
    throw unreadable(file, error);
  });
  try {
    const { pageSize, lastPage } = await readHeads(handle, file);
    const { size } = await handle.stat();
    if (size < (lastPage + 1) * pageSize) {
      throw new Error(`${file} is cut short, some of its data is missing: give a whole copy of it.`);
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined ? error : unreadable(file, error);
  } finally {
    await handle.close();
  }
}

function unreadable(file: string, error: unknown): Error {
  return new Error(`${file} cannot be read, because ${reasonOf(error)}: give a file that this user may read.`, {
    cause: error,
  });
}

async function readHeads(handle: FileHandle, file: string): Promise<{ pageSize: number; lastPage: number }> {
  const readHead = async (position: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(HEAD.length), position });
    if (bytesRead === HEAD.length && buffer.readUInt32LE(HEAD.magic) === MAGIC) return buffer;
    throw new Error(
      `${file} is neither a backup nor the data of a server: give one that a server or a backup has written.`,
    );
  };
  const first = await readHead(0);
  const pageSize = first.readUInt32LE(HEAD.pageSize);
  const second = await readHead(pageSize);
  const lastPage = Math.max(...[first, second].map((head) => Number(head.readBigUInt64LE(HEAD.lastPage))));
  return { pageSize, lastPage };
}
