import type { BulkImport } from '../recipes/bulk-import/bulk-import.js';
import { RepeatedJob } from './repeated-job.js';

/** Imports queued users, one in each step. */
export class Importer extends RepeatedJob {
  readonly #bulkImport: BulkImport;

  /** @param report receives disk failures and unexpected failures of imports; it must not throw */
  constructor(bulkImport: BulkImport, report: (error: unknown) => void) {
    super(report);
    this.#bulkImport = bulkImport;
  }

  protected override run(): Promise<void> {
    return this.#bulkImport.processQueue(() => this.isStopped, this.report);
  }
}
