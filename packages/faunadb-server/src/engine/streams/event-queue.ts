/** Events on their way from transactions to the one who watches. */
export class EventQueue {
  readonly #waiting: string[] = [];
  #isOver = false;
  #wake: (() => void) | undefined;

  push(event: string): void {
    if (this.#isOver) return;
    this.#waiting.push(event);
    this.#wake?.();
  }

  /** No more will come; what waits is still given. */
  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  async *events(): AsyncGenerator<string> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event !== undefined) yield event;
      else if (this.#isOver) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    }
  }
}
