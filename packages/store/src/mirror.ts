import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Handle, openHandle } from './handle.js';
import type { Layer } from './layer.js';

/**
 * A copy of what is in memory, in a temporary file that other processes of this user can read and that ends with this
 * process.
 */
export class Mirror {
  readonly file: string;
  readonly #directory: string;
  readonly #handle: Handle;
  readonly #removeAtExit: () => void;

  private constructor(directory: string) {
    this.#directory = directory;
    this.file = join(directory, 'data.mdb');
    this.#handle = openHandle(this.file, false, true);
    this.#removeAtExit = () => rmSync(directory, { recursive: true, force: true });
    process.once('exit', this.#removeAtExit);
  }

  static async open(): Promise<Mirror> {
    return new Mirror(await mkdtemp(join(tmpdir(), 'faunadb-memory-')));
  }

  /** Applies what has been written since. One call at a time. */
  async write(layer: Layer): Promise<void> {
    const { root, entries } = this.#handle;
    await entries.writeInSlices(root, layer.entries());
  }

  async close(): Promise<void> {
    process.removeListener('exit', this.#removeAtExit);
    await this.#handle.root.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
