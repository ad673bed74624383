import { constants, existsSync } from 'node:fs';
import { chmod, open as openFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyTo } from './backup.js';
import type { Base } from './base.js';
import { checkBeforeUse } from './check-file.js';
import { diskFailure } from './disk-failure.js';
import { FILE, unusable } from './files.js';
import { type Handle, openHandle } from './handle.js';
import type { Layer } from './layer.js';
import { LOCK_FILE, lockDirectory } from './lock.js';
import { residentFileBytes } from './resident.js';
import { checkRoomForNew, Room } from './room.js';
import { DamagedData } from './seal.js';
import type { Entry, Key, Range, Value } from './store.js';

/** The most memory that one access maps in: the system maps some pages around the one accessed. */
const BYTES_OF_ACCESS = 64 * 2 ** 10;

/** The minimum size of LMDB's file of readers; an extra page is harmless. */
const LOCK_BYTES = 16 * 2 ** 10;

const ANY_KEY = Buffer.of(0);

/**
 * Keeps everything in one LMDB file. LMDB's own thread writes it and syncs it to the disk before a write is acknowledged.
 *
 * LMDB reads through a memory mapping, and the pages it touched stay resident as long as the mapping exists. Therefore the
 * file is mapped again when too much is resident; the pages come from the system's cache, not the disk. The file is open
 * twice, because a handle that has written closes only a moment later, while one that has only read closes at once: readers
 * never find it closed.
 *
 * A failed write leaves the file as it was. After some failures LMDB accepts no more writes; then the file is opened again,
 * read-only if nothing else is possible, and the next write retries.
 */
export class LmdbBase implements Base {
  readonly persistent = true;
  readonly #file: string;
  readonly #residentBytes: number;
  readonly #unlock: () => Promise<void>;
  readonly #room: Room;
  #reader!: Handle;
  #writer!: Handle;
  /** After a failed write LMDB may be unable to begin transactions; `get` throws then, but a range does not. */
  readonly #foundIn = (isAny: boolean) => {
    if (!isAny && (this.#busy > 0 || this.#refusal)) this.#reader.entries.get(ANY_KEY);
  };
  /** Why nothing can be written until the file has been reopened. */
  #refusal: unknown;
  /** Running writes and backups: the file cannot be closed meanwhile. */
  #busy = 0;
  #accesses = 0;
  /** A check takes some 30 µs; between two checks at most an eighth of the limit can be new. */
  readonly #accessesBetweenLooks: number;
  /** The limit of resident memory, including code and other files; `undefined` if it cannot be measured. */
  #ceiling: number | undefined;
  #isRemapDue = false;
  #remapping: Promise<void> | undefined;

  private constructor(file: string, residentBytes: number, unlock: () => Promise<void>) {
    this.#file = file;
    this.#residentBytes = residentBytes;
    this.#accessesBetweenLooks = residentBytes / 8 / BYTES_OF_ACCESS;
    this.#unlock = unlock;
    this.#open();
    this.#room = new Room(file, join(dirname(file), LOCK_FILE));
  }

  /**
   * @param residentBytes how much of the file may be resident in this process before it is mapped again
   * @throws {Error} if another process has the directory open, it cannot be created, read or written, or its data are
   * damaged.
   */
  static async open(directory: string, residentBytes = Number.POSITIVE_INFINITY): Promise<LmdbBase> {
    const unlock = await lockDirectory(directory);
    try {
      const file = join(directory, FILE);
      await checkBeforeUse(file);
      await prepareLockFile(`${file}-lock`);
      if (!existsSync(file)) checkRoomForNew(file);
      const base = new LmdbBase(file, residentBytes, unlock);
      await base.#reader.entries.adopt(base.#reader.root, (entries, bytes) => base.#room.make(entries, bytes));
      await chmod(file, 0o600);
      return base;
    } catch (error) {
      await unlock();
      if (error instanceof DamagedData || (error as { code?: unknown }).code === undefined) throw error;
      throw unusable(directory, error);
    }
  }

  get(key: Key): Value | undefined {
    this.#note(1);
    return this.#reader.entries.get(key);
  }

  range(range: Range): Iterable<Entry> {
    this.#note(1);
    return this.#reader.entries.range(range, this.#foundIn);
  }

  async write(layer: Layer): Promise<void> {
    if (this.#refusal) {
      this.#isRemapDue = true;
      this.#remapIfDue();
    }
    await this.#inUse(() => this.#commit(layer));
    // The reads of one event loop turn share an LMDB snapshot; the next one must see what was just written.
    this.#reader.root.resetReadTxn();
    this.#note(layer.size);
  }

  async share(): Promise<string> {
    // A reader that was killed would prevent reuse of the pages it saw.
    this.#reader.root.readerCheck();
    return this.#file;
  }

  async backup(file: string): Promise<void> {
    await this.#inUse(() => copyTo(this.#writer.root, file));
  }

  async close(): Promise<void> {
    this.#busy++;
    await this.#remapping;
    await this.#writer.root.close();
    await this.#reader.root.close();
    this.#room.close();
    await this.#unlock();
  }

  async #commit(layer: Layer): Promise<void> {
    try {
      if (this.#refusal) throw this.#refusal;
      await this.#room.makeFor(layer);
      await this.#writer.entries.write(layer.entries());
    } catch (error) {
      if (!this.#refusal && !isWritable(this.#writer)) this.#refusal = error;
      if (this.#refusal) await this.#reopen();
      throw await diskFailure(dirname(this.#file), error);
    }
  }

  /** Reopens the file, at once if nothing else is using it. */
  async #reopen(): Promise<void> {
    this.#isRemapDue = this.#busy > 1;
    if (this.#isRemapDue) return;
    this.#remapping ??= this.#remap();
    await this.#remapping.catch(() => {}); // the next read or write reports it
  }

  #open(): void {
    const handles = [openHandle(this.#file), openHandle(this.#file)] as const;
    [this.#reader, this.#writer] = handles;
    this.#refusal = undefined;
    const resident = residentFileBytes();
    this.#ceiling = resident === undefined ? undefined : resident + this.#residentBytes;
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
    // Not at once: a reader may be in the middle of a range.
    setImmediate(() => {
      this.#isRemapDue ||= (residentFileBytes() ?? 0) > (this.#ceiling ?? 0);
      this.#remapIfDue();
    });
  }

  #remapIfDue(): void {
    if (!this.#isRemapDue || this.#busy > 0) return;
    this.#isRemapDue = false;
    this.#remapping ??= this.#remap();
    this.#remapping.catch(() => {}); // the next read or write reports it
  }

  async #remap(): Promise<void> {
    await this.#writer.root.close();
    // Synchronously, so that nothing reads between closing and opening: this handle has nothing to wait for.
    this.#reader.root.close();
    try {
      this.#open();
    } catch (error) {
      this.#refusal = error;
      // If writing is no longer possible, reading still is.
      this.#reader = openHandle(this.#file, true);
      this.#writer = this.#reader;
    } finally {
      this.#remapping = undefined;
    }
  }
}

/** After a failed write of its meta page LMDB accepts no write until the file is reopened. */
function isWritable({ root }: Handle): boolean {
  try {
    root.transactionSync(() => {});
    return true;
  } catch {
    return false;
  }
}

/**
 * Reserves space for the file of readers that LMDB keeps beside the data. LMDB writes it through memory, which would kill
 * the process if the disk is full; and LMDB fails badly on a file that it may not use.
 */
async function prepareLockFile(file: string): Promise<void> {
  const handle = await openFile(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const { size } = await handle.stat();
    if (size < LOCK_BYTES) await handle.write(Buffer.alloc(LOCK_BYTES - size), 0, LOCK_BYTES - size, size);
  } finally {
    await handle.close();
  }
}
