/** How much may wait for one stream, in characters, plus one event that may be larger. */
const MAX_WAITING = 1 << 20;
/** How much may wait for all streams. */
const MAX_WAITING_IN_ALL = 64 << 20;

/** The queues of all streams. One that is not read ends with a last event that says so. */
export class EventQueues {
  readonly #waiting = new Set<EventQueue>();
  #size = 0;

  /** @param congested makes the last event of a queue that is not read */
  open(congested: () => string): EventQueue {
    return new EventQueue(this, congested);
  }

  /** @internal */
  changed(queue: EventQueue, by: number): void {
    this.#size += by;
    if (queue.size === 0) this.#waiting.delete(queue);
    else this.#waiting.add(queue);
    if (by <= 0) return;
    if (queue.isCongested) queue.giveUp();
    while (this.#size > MAX_WAITING_IN_ALL) {
      const largest = [...this.#waiting].reduce((a, b) => (b.size > a.size ? b : a));
      largest.giveUp();
    }
  }
}

/** Events on their way from transactions to a stream. */
export class EventQueue {
  readonly #queues: EventQueues;
  readonly #congested: () => string;
  #waiting: string[] = [];
  #size = 0;
  #isOver = false;
  #wake: (() => void) | undefined;

  /** @internal Made by {@link EventQueues.open}. */
  constructor(queues: EventQueues, congested: () => string) {
    this.#queues = queues;
    this.#congested = congested;
  }

  /** The size of the waiting events, in characters. */
  get size(): number {
    return this.#size;
  }

  /** Whether the queue is closed: it drops whatever is pushed now. */
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

  /** Closes the queue; waiting events are still delivered. */
  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  /** Drops the waiting events, delivers one last event, and closes. */
  giveUp(): void {
    this.#waiting = [this.#congested()];
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
