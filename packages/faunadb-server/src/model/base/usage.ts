/** How many bytes make one operation, as FaunaDB counts them. */
const BYTES_PER_READ_OP = 4_096;
const BYTES_PER_WRITE_OP = 1_024;

/**
 * What a query reads and writes of documents and entries of indexes, keys and values together. FaunaDB tells it in the
 * headers of its answers: each document that is read, each page of a set, and each document that is written with its
 * entries is an operation, a large one several.
 */
export class Usage {
  #bytesRead = 0;
  #bytesWritten = 0;
  #readOps = 0;
  #writeOps = 0;

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  get readOps(): number {
    return this.#readOps;
  }

  get writeOps(): number {
    return this.#writeOps;
  }

  read(bytes: number): void {
    this.#bytesRead += bytes;
  }

  wrote(bytes: number): void {
    this.#bytesWritten += bytes;
  }

  /** Counts what was read since there were `before` bytes as one thing. */
  endRead(before: number): void {
    this.#readOps += Math.max(1, Math.ceil((this.#bytesRead - before) / BYTES_PER_READ_OP));
  }

  /** Counts what was written since there were `before` bytes as one thing. */
  endWrite(before: number): void {
    this.#writeOps += Math.max(1, Math.ceil((this.#bytesWritten - before) / BYTES_PER_WRITE_OP));
  }

  /** Forgets what was read before a query itself begins. */
  reset(): void {
    this.#bytesRead = 0;
    this.#readOps = 0;
  }
}
