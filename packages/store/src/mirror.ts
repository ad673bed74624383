import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFailure } from './disk-failure.js';
import { type Handle, openHandle } from './handle.js';
import type { Layer } from './layer.js';
import { checkRoomForNew, Room } from './room.js';

/**
 * A copy of what is in memory, in a temporary file that other processes of this user can read and that ends with this
 * process.
 */
export class Mirror {
  readonly file: string;
  readonly #directory: string;
  readonly #handle: Handle;
  readonly #room: Room;
  readonly #removeAtExit: () => void;

  private constructor(directory: string) {
    this.#directory = directory;
    this.file = join(directory, 'data.mdb');
    checkRoomForNew(this.file);
    this.#handle = openHandle(this.file, false, true);
    const canary = join(directory, 'canary');
    writeFileSync(canary, '');
    this.#room = new Room(this.file, canary);
    this.#removeAtExit = () => rmSync(directory, { recursive: true, force: true });
    process.once('exit', this.#removeAtExit);
  }

  /** @throws DiskFailure */
  static async open(): Promise<Mirror> {
    let directory: string | undefined;
    try {
      directory = await mkdtemp(join(tmpdir(), 'faunadb-memory-'));
      return new Mirror(directory);
    } catch (error) {
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
      throw await diskFailure(tmpdir(), error);
    }
  }

  /** Applies what has been written since. One call at a time. @throws DiskFailure; then the copy is of no use any more */
  async write(layer: Layer): Promise<void> {
    const { root, entries } = this.#handle;
    try {
      await this.#room.makeFor(layer);
      await entries.writeInSlices(root, layer.entries());
    } catch (error) {
      throw await diskFailure(tmpdir(), error);
    }
  }

  async close(): Promise<void> {
    process.removeListener('exit', this.#removeAtExit);
    await this.#handle.root.close();
    this.#room.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
