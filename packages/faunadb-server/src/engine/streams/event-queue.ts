/** How much may wait for one who watches, beside one event that may be larger, in characters. */
const MAX_WAITING = 1 << 20;
/** How much may wait for all who watch. */
const MAX_WAITING_IN_ALL = 64 << 20;

/** The queues of all who watch. Who does not take events is told so by the last one, and is given no more. */
export class EventQueues {
  readonly #waiting = new Set<EventQueue>();
  readonly #congested: () => string;
  #size = 0;

  /** @param congested makes the event that ends a queue of which nobody takes */
  constructor(congested: () => string) {
    this.#congested = congested;
  }

  open(): EventQueue {
    return new EventQueue(this);
  }

  /** @internal */
  changed(queue: EventQueue, by: number): void {
    this.#size += by;
    if (queue.size === 0) this.#waiting.delete(queue);
    else this.#waiting.add(queue);
    if (by <= 0) return;
    if (queue.isCongested) queue.giveUp(this.#congested());
    while (this.#size > MAX_WAITING_IN_ALL) {
      const largest = [...this.#waiting].reduce((a, b) => (b.size > a.size ? b : a));
      largest.giveUp(this.#congested());
    }
  }
}

/** Events on their way from transactions to the one who watches. */
export class EventQueue {
  readonly #queues: EventQueues;
  #waiting: string[] = [];
  #size = 0;
  #isOver = false;
  #wake: (() => void) | undefined;

  /** @internal Made by {@link EventQueues.open}. */
  constructor(queues: EventQueues) {
    this.#queues = queues;
  }

  /** How much waits, in characters. */
  get size(): number {
    return this.#size;
  }

  /** Whether nothing that is pushed now will be given. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get isCongested(): boolean {
    return this.#size > MAX_WAITING && this.#waiting.length > 1;
  }

  push(event: string): void {
    if (this.#isOver) return;
    this.#waiting.push(event);
    this.#change(event.length);
    this.#wake?.();
  }

  /** No more will come; what waits is still given. */
  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  /** Forgets what waits: one last event is given, and no more. */
  giveUp(last: string): void {
    this.#waiting = [last];
    this.#isOver = true;
    this.#change(-this.#size);
    this.#wake?.();
  }

  async *events(): AsyncGenerator<string> {
    try {
      for (;;) {
        const event = this.#waiting.shift();
        if (event !== undefined) {
          this.#change(-Math.min(event.length, this.#size));
          yield event;
        } else if (this.#isOver) return;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#wake = undefined;
        }
      }
    } finally {
      this.#isOver = true;
      this.#waiting = [];
      this.#change(-this.#size);
    }
  }

  #change(by: number): void {
    this.#size += by;
    this.#queues.changed(this, by);
  }
}
