/** How many bytes make one operation, as FaunaDB counts them. */
const BYTES_PER_READ_OP = 4_096;
const BYTES_PER_WRITE_OP = 1_024;

/**
 * Counts what a query reads and writes of documents and index entries, keys and values together. As in FaunaDB's
 * response headers, each document read, each page of a set, and each document written with its entries is one
 * operation; a large one counts as several.
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

  /** Counts everything read since the total was `before` bytes as one read. */
  endRead(before: number): void {
    this.#readOps += Math.max(1, Math.ceil((this.#bytesRead - before) / BYTES_PER_READ_OP));
  }

  /** Counts everything written since the total was `before` bytes as one write. */
  endWrite(before: number): void {
    this.#writeOps += Math.max(1, Math.ceil((this.#bytesWritten - before) / BYTES_PER_WRITE_OP));
  }

  /** Drops what was read before the query itself begins. */
  reset(): void {
    this.#bytesRead = 0;
    this.#readOps = 0;
  }
}
