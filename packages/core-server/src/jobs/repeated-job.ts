/** Work that runs at intervals, one run at a time, until it is stopped. */
export abstract class RepeatedJob {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  /** @param report receives the errors of runs; it must not throw */
  constructor(protected readonly report: (error: unknown) => void) {}

  /** Runs now and every `interval` milliseconds. */
  start(interval: number): void {
    this.#timer = setInterval(() => this.#begin(), interval).unref();
    this.#begin();
  }

  /** Stops after the step in progress. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Whether to end after the step in progress. */
  protected get isStopped(): boolean {
    return this.#isStopped;
  }

  protected abstract run(): Promise<void>;

  #begin(): void {
    this.#running ??= this.run()
      .catch(this.report)
      .finally(() => {
        this.#running = undefined;
      });
  }
}
