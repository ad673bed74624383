import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import type { Base } from './base.js';
import type { Layer } from './layer.js';
import { lockDirectory } from './lock.js';
import type { Entry, Key, Range, Value } from './store.js';

const FILE = 'data.mdb';

/** Keeps everything in one LMDB file, written by LMDB's own thread and synced to the disk before it is acknowledged. */
export class LmdbBase implements Base {
  readonly persistent = true;
  readonly #database: RootDatabase<Buffer, Buffer>;
  readonly #unlock: () => Promise<void>;

  private constructor(database: RootDatabase<Buffer, Buffer>, unlock: () => Promise<void>) {
    this.#database = database;
    this.#unlock = unlock;
  }

  /** @throws {Error} where another process has the directory open, or it cannot be made, read or written. */
  static async open(directory: string): Promise<LmdbBase> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const unlock = await lockDirectory(directory);
    try {
      const database = open<Buffer, Buffer>({
        path: join(directory, FILE),
        encoding: 'binary',
        keyEncoding: 'binary',
        // A write's promise settles when it is synced; else it would when it is merely visible.
        overlappingSync: false,
        // Writes are grouped here, not by the event turn.
        commitDelay: 0,
      });
      await chmod(join(directory, FILE), 0o600);
      return new LmdbBase(database, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  get(key: Key): Value | undefined {
    return this.#database.get(key as Buffer);
  }

  range({ start, end, reverse = false }: Range): Iterable<Entry> {
    if (reverse) {
      return this.#database.getRange({
        reverse,
        ...(end === undefined ? {} : { start: end as Buffer, exclusiveStart: true }),
        // Without a bound LMDB's binding would leave out a key of one zero byte.
        end: (start ?? Buffer.alloc(0)) as Buffer,
        inclusiveEnd: true,
      });
    }
    return this.#database.getRange({
      ...(start === undefined || start.length === 0 ? {} : { start: start as Buffer }),
      ...(end === undefined ? {} : { end: end as Buffer }),
    });
  }

  async write(layer: Layer): Promise<void> {
    await this.#database.batch(() => {
      for (const [key, value] of layer.entries()) {
        if (value === null) this.#database.remove(key as Buffer);
        else this.#database.put(key as Buffer, value as Buffer);
      }
    });
    // Reads of one event turn share a snapshot of LMDB's: the next one must see what was just written.
    this.#database.resetReadTxn();
  }

  async backup(file: string): Promise<void> {
    const target = resolve(file);
    if (existsSync(target)) throw new Error(`${file} exists already: a backup overwrites nothing.`);
    const partial = `${target}.partial`;
    await mkdir(dirname(target), { recursive: true });
    await rm(partial, { force: true });
    await this.#database.backup(partial, true);
    await chmod(partial, 0o600);
    await rename(partial, target);
  }

  async close(): Promise<void> {
    await this.#database.close();
    await this.#unlock();
  }
}

/**
 * Puts a backup in the place of a data directory's content. The directory must not be in use.
 *
 * @throws {Error} where the directory holds data already, or is in use.
 */
export async function restoreBackup(file: string, directory: string): Promise<void> {
  if (!existsSync(file)) throw new Error(`There is no backup ${file}.`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const unlock = await lockDirectory(directory);
  try {
    const target = join(directory, FILE);
    if (existsSync(target)) throw new Error(`${directory} holds data already: restore into an empty directory.`);
    // Opened once, so that a file that is no backup is refused before it is called one.
    const partial = `${target}.partial`;
    await rm(partial, { force: true });
    const source = open({ path: file, noSubdir: true, readOnly: true, encoding: 'binary', keyEncoding: 'binary' });
    await source.backup(partial, true);
    await source.close();
    await chmod(partial, 0o600);
    await rename(partial, target);
  } finally {
    await unlock();
  }
}
