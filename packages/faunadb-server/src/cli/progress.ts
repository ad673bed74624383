import { SingleBar } from 'cli-progress';

/** Shows the progress of a transfer as a bar if standard error is a terminal; shows nothing otherwise. */
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
