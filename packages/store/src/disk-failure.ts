import { statfs } from 'node:fs/promises';
import { reasonOf } from './files.js';

/** With less room than this, a write that was cut short was so because the disk is full. */
const HARDLY_ANY_BYTES = 2 ** 20;

/**
 * The disk refused a write. All that was not on disk is undone: what a transaction had done that is told so, and what
 * others had done on top of it. Later transactions are tried anew.
 */
export class DiskFailure extends Error {
  override readonly name = 'DiskFailure';
  readonly code = 'DISK_FAILURE';

  /** @param reason to stand after "because" */
  constructor(reason: string, cause: unknown) {
    super(`Nothing can be written now, because ${reason}: what was to be written is undone. Reading goes on.`, {
      cause,
    });
  }
}

/** What to tell of an error that a write into a directory ended with. */
export async function diskFailure(directory: string, error: unknown): Promise<DiskFailure> {
  return error instanceof DiskFailure ? error : new DiskFailure(await reasonOfFailedWrite(directory, error), error);
}

/** Why a write into a directory failed, to stand after "because". */
export async function reasonOfFailedWrite(directory: string, error: unknown): Promise<string> {
  const { code, message } = error as { code?: unknown; message?: unknown };
  // LMDB gives a write that wrote less than it should the code of a disk that fails, and failures of backups none.
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
