import { closeSync, fstatSync, openSync, readSync, statfsSync, write as writeLater, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Layer } from './layer.js';
import { META } from './pages.js';

const write = promisify(writeLater);

/** The least reserved at a time, and the most if a write needs no more. */
const LEAST_RESERVED = 256 * 2 ** 10;
const MOST_RESERVED = 4 * 2 ** 20;
/** The greatest depth of a tree: LMDB copies the pages that lead to a written entry. */
const DEPTH = 6;
/** Pages for LMDB's own lists, and the most pages counted for copies, whatever is written. */
const OWN_PAGES = 32;
const MOST_COPIES = 16_384;
/** Space for the pages of a new file. */
const NEW_BYTES = 512 * 2 ** 10;
const CANARY_AT = 4095;
const ZEROS = Buffer.alloc(LEAST_RESERVED);

/**
 * Reserves space in an LMDB file behind the pages in use, enough for the next write. So a full or read-only disk is noticed
 * here and not by LMDB, whose native code corrupts its memory when it cannot write a page (it puts a message of up to 122
 * characters into a buffer of 100).
 *
 * @see https://github.com/kriszyp/lmdb-js/blob/v3.5.6/dependencies/lmdb/libraries/liblmdb/mdb.c#L4742
 */
export class Room {
  readonly #descriptor: number;
  readonly #canary: number;
  readonly #pageSize: number;
  #size: number;

  /**
   * @param file an LMDB file that only this process writes
   * @param canary a small file beside it, behind whose text anything may be written
   */
  constructor(file: string, canary: string) {
    this.#descriptor = openSync(file, 'r+');
    this.#canary = openSync(canary, 'r+');
    this.#size = fstatSync(this.#descriptor).size;
    this.#pageSize = this.#read(META.pageSize, 4).readUInt32LE();
  }

  /**
   * Reserves space for a layer. No write may be running. @throws the system's error if there is none or the disk accepts
   * nothing
   */
  async makeFor(layer: Layer): Promise<void> {
    let bytes = 0;
    for (const [key, value] of layer.entries()) bytes += key.length + (value?.length ?? 0) + OWN_PAGES;
    await this.make(layer.size, bytes);
  }

  /** Reserves space for so many entries of so many bytes in total. */
  async make(entries: number, bytes: number): Promise<void> {
    const used = this.#usedPages();
    const copies = Math.min(entries * DEPTH, used, MOST_COPIES);
    // A split page is half empty, and a large value pads its last page.
    const added = Math.min(entries, MOST_COPIES) + 2 * Math.ceil(bytes / this.#pageSize);
    const needed = (used + copies + added + OWN_PAGES) * this.#pageSize;
    if (needed <= this.#size) {
      // Whether the disk accepts writes at all. Uses another file, so that LMDB has no more to sync.
      writeSync(this.#canary, ZEROS, 0, 1, CANARY_AT);
      return;
    }
    const ahead = Math.min(Math.max((used * this.#pageSize) / 16, LEAST_RESERVED), MOST_RESERVED);
    await this.#growTo(needed);
    await this.#growTo(needed + ahead).catch(() => {}); // space ahead is not needed yet
  }

  close(): void {
    closeSync(this.#descriptor);
    closeSync(this.#canary);
  }

  async #growTo(size: number): Promise<void> {
    while (this.#size < size) {
      const length = Math.min(ZEROS.length, size - this.#size);
      const { bytesWritten } = await write(this.#descriptor, ZEROS, 0, length, this.#size);
      this.#size += bytesWritten;
    }
  }

  /** How many pages LMDB uses, by the later of its two meta pages. */
  #usedPages(): number {
    const heads = [0, this.#pageSize].map((head) => Number(this.#read(head + META.lastPage, 8).readBigUInt64LE()));
    return Math.max(...heads) + 1;
  }

  #read(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    readSync(this.#descriptor, bytes, 0, length, position);
    return bytes;
  }
}

/** @throws an error like the system's if the disk has no space for a new file */
export function checkRoomForNew(file: string): void {
  const { bavail, bsize } = statfsSync(dirname(file));
  if (bavail * bsize < NEW_BYTES) throw Object.assign(new Error('No space left on device'), { code: 'ENOSPC' });
}
