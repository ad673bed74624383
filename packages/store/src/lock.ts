/// <reference path="./fs-native-extensions.d.ts" />
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeDataDirectory, unusable } from './files.js';

/**
 * Which byte of the lock file is locked: one far behind its text, because on Windows a locked range cannot be read. The
 * file need not be that long.
 */
const LOCKED_BYTE = 2 ** 30;
/** Its first bytes say which process holds the lock. */
export const LOCK_FILE = 'process.lock';

/**
 * Locks a data directory for this process, and creates it if it does not exist. The lock is the operating system's (on
 * Linux that of an open file, on macOS `flock`, on Windows `LockFileEx`), so it works across containers that share the
 * directory, and ends with the process in any case. The file names the holder. It stays when the lock is released: removing
 * it could remove another process's lock.
 *
 * @returns a function that releases the directory.
 * @throws {Error} if another process holds it, or it cannot be used.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await makeDataDirectory(directory);
  const tryLock = await loadTryLock();
  const file = join(directory, LOCK_FILE);
  let descriptor: number | undefined;
  try {
    // A descriptor, not a FileHandle: garbage collection would close a handle and release the lock.
    descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    if (!tryLock(descriptor, LOCKED_BYTE, 1)) {
      throw new Error(
        `The data directory ${directory} is in use${holderOf(descriptor)}: stop it, or give another directory.`,
      );
    }
    name(descriptor);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    if ((error as { code?: unknown }).code === undefined) throw error;
    throw unusable(directory, error, file);
  }
  const held = descriptor;
  let isHeld = true;
  return async () => {
    if (!isHeld) return;
    isHeld = false;
    closeSync(held);
  };
}

/** Writes which process holds the lock. A full disk is no reason to fail, since existing data can still be served. */
function name(descriptor: number): void {
  try {
    ftruncateSync(descriptor);
    writeSync(descriptor, `${process.pid} ${hostname()}\n`, 0);
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** The text is empty for a moment while another process is locking. */
function holderOf(descriptor: number): string {
  const [pid, host] = readFileSync(descriptor, 'utf8').split(/[\s\0]+/);
  if (!pid || !/^\d+$/.test(pid)) return ' by another process';
  return !host || host === hostname() ? ` by process ${pid}` : ` by process ${pid} of ${host}`;
}

type TryLock = (descriptor: number, offset: number, length: number) => boolean;

/** The library's native part exists for Linux, macOS and Windows, on x64 and arm64. */
async function loadTryLock(): Promise<TryLock> {
  try {
    return (await import('fs-native-extensions')).tryLock;
  } catch (error) {
    throw new Error(
      `No data can be kept on ${process.platform} ${process.arch}, for which fs-native-extensions has no binary that locks the data directory: keep the data in memory, or use Linux, macOS or Windows on x64 or arm64.`,
      { cause: error },
    );
  }
}
