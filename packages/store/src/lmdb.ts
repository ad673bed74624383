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

/** How much an access brings in, at most: the system maps some pages around the one that is touched. */
const BYTES_OF_ACCESS = 64 * 2 ** 10;

/** How large the file is that LMDB keeps for those who read, at least; a page more does no harm. */
const LOCK_BYTES = 16 * 2 ** 10;

const ANY_KEY = Buffer.of(0);

/**
 * Keeps everything in one LMDB file, written by LMDB's own thread and synced to the disk before it is acknowledged.
 *
 * LMDB reads by mapping the file, and what was touched stays in the process's memory as long as the mapping lives. So the
 * file is mapped anew when more than is wanted is there, from the system's cache and without reading the disk. It is open twice, for a handle
 * that has written closes only a moment later, and one that has merely read at once: readers never see it closed.
 *
 * A write that fails leaves the file as it was. Where it failed so late that LMDB takes no other, the file is opened
 * anew, for reading alone where nothing else is possible; the next write tries again.
 */
export class LmdbBase implements Base {
  readonly persistent = true;
  readonly #file: string;
  readonly #residentBytes: number;
  readonly #unlock: () => Promise<void>;
  readonly #room: Room;
  #reader!: Handle;
  #writer!: Handle;
  /** After a write has failed LMDB may begin no transaction, of which a range, other than `get`, says nothing. */
  readonly #foundIn = (isAny: boolean) => {
    if (!isAny && (this.#busy > 0 || this.#refusal)) this.#reader.entries.get(ANY_KEY);
  };
  /** Why nothing can be written until the file has been opened anew. */
  #refusal: unknown;
  /** Writes and backups under way: the file cannot be closed meanwhile. */
  #busy = 0;
  #accesses = 0;
  /** A look takes some 30 µs; before the next one an eighth of what may be there can be new. */
  readonly #accessesBetweenLooks: number;
  /** What may be in memory, code and others' files included; `undefined` where that cannot be known. */
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
   * @param residentBytes how much of the file may be in this process's memory before it is given back to the system
   * @throws {Error} where another process has the directory open, or it cannot be made, read or written, or its data are damaged.
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
    // Reads of one event turn share a snapshot of LMDB's: the next one must see what was just written.
    this.#reader.root.resetReadTxn();
    this.#note(layer.size);
  }

  async share(): Promise<string> {
    // A reader that was ended by force would keep what it saw from being written over.
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

  /** Opens the file anew, at once where nobody else uses it. */
  async #reopen(): Promise<void> {
    this.#isRemapDue = this.#busy > 1;
    if (this.#isRemapDue) return;
    this.#remapping ??= this.#remap();
    await this.#remapping.catch(() => {}); // whoever reads or writes next is told
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
    this.#remapping.catch(() => {}); // whoever reads or writes next is told
  }

  async #remap(): Promise<void> {
    await this.#writer.root.close();
    // In one go, so that nobody reads between closing and opening: this handle has nothing to wait for.
    this.#reader.root.close();
    try {
      this.#open();
    } catch (error) {
      this.#refusal = error;
      // Where nothing can be written any more, what is there can still be read.
      this.#reader = openHandle(this.#file, true);
      this.#writer = this.#reader;
    } finally {
      this.#remapping = undefined;
    }
  }
}

/** After a write of what makes a transaction count has failed, LMDB takes no other until the file is opened anew. */
function isWritable({ root }: Handle): boolean {
  try {
    root.transactionSync(() => {});
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes room for the file that LMDB keeps beside the data for those who read. LMDB writes into it through memory, which
 * would end the process where the disk is full, and comes to grief over one that it may not use.
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
