import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory, reasonOf } from '@supertokens-faunadb/store';

/** A secret that none of FaunaDB's own looks like, and that fits into every form of the `Authorization` header. */
export function generateRootKey(): string {
  return `root-${randomBytes(32).toString('base64url')}`;
}

/**
 * The root key that a file holds. Where there is no file, it is made with a new key, for its owner alone to read.
 *
 * @throws {Error} where others may read the file, it cannot be read or made, or it holds no key.
 */
export async function readOrCreateRootKey(file: string): Promise<string> {
  try {
    await makeDirectory(dirname(file), 0o700);
    const key = generateRootKey();
    await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new Error(
        `The root key's file ${file} cannot be made, because ${reasonOf(error)}: give one in a directory that this user may write to.`,
        { cause: error },
      );
    }
  }
  const unreadable = (error: unknown): never => {
    const message = `The root key's file ${file} cannot be read, because ${reasonOf(error)}: give a file that holds the key.`;
    throw new Error(message, { cause: error });
  };
  const found = await stat(file).catch(unreadable);
  // Else its owner would be told to close a directory to himself.
  if (found.isDirectory()) throw new Error(`The root key's file ${file} is a directory: give a file in it.`);
  const { mode } = found;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Error(`The root key's file ${file} may be read by others than its owner: run "chmod 600 ${file}".`);
  }
  const key = (await readFile(file, 'utf8').catch(unreadable)).trim();
  checkRootKey(key, `The root key's file ${file}`);
  return key;
}

/** @throws {Error} where no `Authorization` header could carry the key. */
export function checkRootKey(key: string, where: string): void {
  if (!/^[^\s/,()&=:]+$/.test(key) || /[^\x21-\x7e]/.test(key)) {
    throw new Error(`${where} must hold one word of visible ASCII characters without any of / , ( ) & = : in it.`);
  }
}
