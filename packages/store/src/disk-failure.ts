import { statfs } from 'node:fs/promises';
import { reasonOf } from './files.js';

/** If less space than this is free, a short write means that the disk is full. */
const HARDLY_ANY_BYTES = 2 ** 20;

/**
 * The disk refused a write. Everything that was not on disk is undone: the transaction that receives this error, and others
 * built on it. Later transactions are attempted again.
 */
export class DiskFailure extends Error {
  override readonly name = 'DiskFailure';
  readonly code = 'DISK_FAILURE';

  /** @param reason to follow "because" */
  constructor(reason: string, cause: unknown) {
    super(`Nothing can be written now, because ${reason}: what was to be written is undone. Reading goes on.`, {
      cause,
    });
  }
}

/** Converts an error of a write into a directory for the user. */
export async function diskFailure(directory: string, error: unknown): Promise<DiskFailure> {
  return error instanceof DiskFailure ? error : new DiskFailure(await reasonOfFailedWrite(directory, error), error);
}

/** Why a write into a directory failed, to follow "because". */
export async function reasonOfFailedWrite(directory: string, error: unknown): Promise<string> {
  const { code, message } = error as { code?: unknown; message?: unknown };
  // LMDB reports a short write with the code of a failing disk, and failed backups without any code.
  const mayBeFull = code === 5 || code === 'EIO' || message === 'No space left on device';
  return mayBeFull && (await isFull(directory)) ? 'the disk is full' : reasonOf(error);
}

async function isFull(directory: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize < HARDLY_ANY_BYTES;
  } catch {
    return false;
  }
}
