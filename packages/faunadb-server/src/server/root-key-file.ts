import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory, reasonOf } from '@supertokens-faunadb/store';

/**
 * Generates a secret that cannot be mistaken for one of FaunaDB's own, and that every form of the `Authorization`
 * header can hold.
 */
export function generateRootKey(): string {
  return `root-${randomBytes(32).toString('base64url')}`;
}

/**
 * Reads the root key from a file. If the file does not exist, creates it with a new key, readable only by its owner.
 *
 * @throws {Error} if others may read the file, if it cannot be read or created, or if it holds no key.
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
  // Otherwise the error below would ask the owner to restrict access to a directory.
  if (found.isDirectory()) throw new Error(`The root key's file ${file} is a directory: give a file in it.`);
  const { mode } = found;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Error(`The root key's file ${file} may be read by others than its owner: run "chmod 600 ${file}".`);
  }
  const key = (await readFile(file, 'utf8').catch(unreadable)).trim();
  checkRootKey(key, `The root key's file ${file}`);
  return key;
}

/** @throws {Error} if an `Authorization` header cannot hold the key. */
export function checkRootKey(key: string, where: string): void {
  if (!/^[^\s/,()&=:]+$/.test(key) || /[^\x21-\x7e]/.test(key)) {
    throw new Error(`${where} must hold one word of visible ASCII characters without any of / , ( ) & = : in it.`);
  }
}
