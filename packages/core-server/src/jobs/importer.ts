import type { BulkImport } from '../recipes/bulk-import/bulk-import.js';

/** Imports queued users at intervals. */
export class Importer {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;
  readonly #bulkImport: BulkImport;
  readonly #report: (error: unknown) => void;

  /** @param report receives disk failures and unexpected failures of imports; it must not throw */
  constructor(bulkImport: BulkImport, report: (error: unknown) => void) {
    this.#bulkImport = bulkImport;
    this.#report = report;
  }

  /** Imports now and every `interval` milliseconds. */
  start(interval: number): void {
    this.#timer = setInterval(() => this.#begin(), interval).unref();
    this.#begin();
  }

  /** Stops after the user in progress. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  #begin(): void {
    this.#running ??= this.#bulkImport
      .processQueue(() => this.#isStopped, this.#report)
      .catch(this.#report)
      .finally(() => {
        this.#running = undefined;
      });
  }
}
