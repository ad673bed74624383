/// <reference path="./fs-native-extensions.d.ts" />
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeDataDirectory, unusable } from './files.js';

/**
 * Which byte of the lock's file is locked: one far behind its text, for Windows lets nobody read what is locked.
 * Nothing need be there.
 */
const LOCKED_BYTE = 2 ** 30;
/** It says who holds the lock, in its first bytes. */
export const LOCK_FILE = 'process.lock';

/**
 * Takes a data directory for this process, and makes the directory where there is none. The lock is the operating system's
 * (on Linux one of the open file, on macOS `flock`, on Windows `LockFileEx`), so it holds between containers that share
 * the directory, and ends with the process however that ends. The file says whose it is; it stays when the lock is given
 * back, for who removes it could remove another's.
 *
 * @returns what gives the directory back.
 * @throws {Error} where another process has it, or it cannot be used.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await makeDataDirectory(directory);
  const tryLock = await loadTryLock();
  const file = join(directory, LOCK_FILE);
  let descriptor: number | undefined;
  try {
    // A number, and no handle that would be closed, and the lock lost, when it is collected as garbage.
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

/** Writes who holds the lock. A full disk has no room for it, which is no reason not to serve what is there. */
function name(descriptor: number): void {
  try {
    ftruncateSync(descriptor);
    writeSync(descriptor, `${process.pid} ${hostname()}\n`, 0);
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Between two steps of who has just taken it the file tells nothing. */
function holderOf(descriptor: number): string {
  const [pid, host] = readFileSync(descriptor, 'utf8').split(/[\s\0]+/);
  if (!pid || !/^\d+$/.test(pid)) return ' by another process';
  return !host || host === hostname() ? ` by process ${pid}` : ` by process ${pid} of ${host}`;
}

type TryLock = (descriptor: number, offset: number, length: number) => boolean;

/** The library's native part is there for Linux, macOS and Windows, on x64 and arm64. */
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
