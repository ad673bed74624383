import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { copyTo, FILE } from './backup.js';
import type { Base } from './base.js';
import type { Layer } from './layer.js';
import { lockDirectory } from './lock.js';
import type { Entry, Key, Range, Value } from './store.js';

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

  backup(file: string): Promise<void> {
    return copyTo(this.#database, file);
  }

  async close(): Promise<void> {
    await this.#database.close();
    await this.#unlock();
  }
}
