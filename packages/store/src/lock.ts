import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDataDirectory, unusable } from './files.js';

/**
 * Takes a data directory for this process, by a file that names it, and makes the directory where there is none. A file
 * left by a process that is gone is taken over.
 *
 * @returns what gives the directory back.
 * @throws {Error} where another process has it, or it cannot be used.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await makeDataDirectory(directory);
  return lock(directory).catch((error: NodeJS.ErrnoException) => {
    throw error.code === undefined ? error : unusable(directory, error);
  });
}

async function lock(directory: string): Promise<() => Promise<void>> {
  const file = join(directory, 'process.lock');
  const me = await identity(process.pid);
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(me);
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === 3) throw error;
    }
    const holder = await readFile(file, 'utf8').catch(() => '');
    const pid = Number.parseInt(holder, 10);
    if (holder === me || (isRunning(pid) && (await identity(pid)) === holder)) {
      throw new Error(
        `The data directory ${directory} is in use by process ${pid}: stop it, or give another directory.`,
      );
    }
    await rm(file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A process's id, and where the system tells it the time it began: ids are given out again after a restart. */
async function identity(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const began = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${pid} ${began}`;
}
