import { SingleBar } from 'cli-progress';

/** How far a transfer is, shown as a bar where standard error is a terminal and not at all elsewhere. */
export class Progress {
  readonly #bar: SingleBar | undefined;

  constructor(what: string, total: number) {
    if (!process.stderr.isTTY) return;
    this.#bar = new SingleBar({
      format: `${what} {bar} {value}/{total}, {eta_formatted} left`,
      stream: process.stderr,
    });
    this.#bar.start(total, 0);
  }

  advance(by: number): void {
    this.#bar?.increment(by);
  }

  end(): void {
    this.#bar?.stop();
  }
}
