import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { checkForm, copyTo, FILE } from './backup.js';
import type { Base } from './base.js';
import { unusable } from './files.js';
import type { Layer } from './layer.js';
import { lockDirectory } from './lock.js';
import { residentFileBytes } from './resident.js';
import type { Entry, Key, Range, Value } from './store.js';

/**
 * The address space that is set aside for the file. When a file outgrows it LMDB maps it a second time and keeps the first
 * mapping, and what is in memory of both counts; space that nothing lies in costs nothing.
 */
const MAP_BYTES = 16 * 2 ** 30;

/** How much an access brings in, at most: the system maps some pages around the one that is touched. */
const BYTES_OF_ACCESS = 64 * 2 ** 10;

type Database = RootDatabase<Buffer, Buffer>;

/**
 * Keeps everything in one LMDB file, written by LMDB's own thread and synced to the disk before it is acknowledged.
 *
 * LMDB reads by mapping the file, and what was touched stays in the process's memory as long as the mapping lives. So the
 * file is mapped anew when more than is wanted is there, from the system's cache and without reading the disk. It is open twice, for a handle
 * that has written closes only a moment later, and one that has merely read at once: readers never see it closed.
 */
export class LmdbBase implements Base {
  readonly persistent = true;
  readonly #file: string;
  readonly #residentBytes: number;
  readonly #unlock: () => Promise<void>;
  #reader: Database;
  #writer: Database;
  /** Writes and backups under way: the file cannot be closed meanwhile. */
  #busy = 0;
  #accesses = 0;
  /** A look takes some 30 µs; before the next one an eighth of what may be there can be new. */
  readonly #accessesBetweenLooks: number;
  /** What may be in memory, code and others' files included; `undefined` where that cannot be known. */
  #ceiling: number | undefined;
  #isRemapDue = false;
  /** Rejected for good where the file could not be opened again. */
  #remapping: Promise<void> | undefined;

  private constructor(file: string, residentBytes: number, unlock: () => Promise<void>) {
    this.#file = file;
    this.#residentBytes = residentBytes;
    this.#accessesBetweenLooks = residentBytes / 8 / BYTES_OF_ACCESS;
    this.#unlock = unlock;
    [this.#reader, this.#writer] = this.#open();
  }

  /**
   * @param residentBytes how much of the file may be in this process's memory before it is given back to the system
   * @throws {Error} where another process has the directory open, or it cannot be made, read or written.
   */
  static async open(directory: string, residentBytes = Number.POSITIVE_INFINITY): Promise<LmdbBase> {
    const unlock = await lockDirectory(directory);
    try {
      const file = join(directory, FILE);
      await checkForm(file);
      const base = new LmdbBase(file, residentBytes, unlock);
      await chmod(file, 0o600);
      return base;
    } catch (error) {
      await unlock();
      throw (error as { code?: unknown }).code === undefined ? error : unusable(directory, error);
    }
  }

  get(key: Key): Value | undefined {
    this.#note(1);
    return this.#reader.get(key as Buffer);
  }

  range({ start, end, reverse = false }: Range): Iterable<Entry> {
    this.#note(1);
    if (reverse) {
      return this.#reader.getRange({
        reverse,
        ...(end === undefined ? {} : { start: end as Buffer, exclusiveStart: true }),
        // Without a bound LMDB's binding would leave out a key of one zero byte.
        end: (start ?? Buffer.alloc(0)) as Buffer,
        inclusiveEnd: true,
      });
    }
    return this.#reader.getRange({
      ...(start === undefined || start.length === 0 ? {} : { start: start as Buffer }),
      ...(end === undefined ? {} : { end: end as Buffer }),
    });
  }

  async write(layer: Layer): Promise<void> {
    await this.#inUse(() =>
      this.#writer.batch(() => {
        for (const [key, value] of layer.entries()) {
          if (value === null) this.#writer.remove(key as Buffer);
          else this.#writer.put(key as Buffer, value as Buffer);
        }
      }),
    );
    // Reads of one event turn share a snapshot of LMDB's: the next one must see what was just written.
    this.#reader.resetReadTxn();
    this.#note(layer.size);
  }

  async backup(file: string): Promise<void> {
    await this.#inUse(() => copyTo(this.#writer, file));
  }

  async close(): Promise<void> {
    this.#busy++;
    await this.#remapping?.catch(() => {});
    await this.#writer.close();
    await this.#reader.close();
    await this.#unlock();
  }

  #open(): [reader: Database, writer: Database] {
    const options = {
      path: this.#file,
      encoding: 'binary',
      keyEncoding: 'binary',
      mapSize: MAP_BYTES,
      // A write's promise settles when it is synced; else it would when it is merely visible.
      overlappingSync: false,
      // Writes are grouped here, not by the event turn.
      commitDelay: 0,
    } as const;
    const handles: [Database, Database] = [open({ ...options }), open({ ...options })];
    const resident = residentFileBytes();
    this.#ceiling = resident === undefined ? undefined : resident + this.#residentBytes;
    return handles;
  }

  async #inUse(work: () => Promise<unknown>): Promise<void> {
    this.#busy++;
    try {
      await this.#remapping;
      await work();
    } finally {
      this.#busy--;
    }
    this.#remapIfDue();
  }

  #note(accesses: number): void {
    this.#accesses += accesses;
    if (this.#accesses < this.#accessesBetweenLooks || this.#ceiling === undefined) return;
    this.#accesses = 0;
    // Not at once: who reads may be in the middle of a range.
    setImmediate(() => {
      this.#isRemapDue ||= (residentFileBytes() ?? 0) > (this.#ceiling ?? 0);
      this.#remapIfDue();
    });
  }

  #remapIfDue(): void {
    if (!this.#isRemapDue || this.#busy > 0) return;
    this.#isRemapDue = false;
    this.#remapping ??= this.#remap();
    this.#remapping.catch(() => {}); // the next write fails by it
  }

  async #remap(): Promise<void> {
    await this.#writer.close();
    // In one go, so that nobody reads between closing and opening: this handle has nothing to wait for.
    this.#reader.close();
    [this.#reader, this.#writer] = this.#open();
    this.#remapping = undefined;
  }
}
