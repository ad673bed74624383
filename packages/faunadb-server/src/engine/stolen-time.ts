/** How old a mark may be when work begins, in ms: reading the processor's time takes a microsecond. */
const MAX_AGE = 1;

/**
 * The time that the system gives to other processes while this one has work to do. Without it, a busy machine would make
 * small queries look slow.
 */
export class StolenTime {
  #wall = Number.NEGATIVE_INFINITY;
  #cpu = 0;

  /** Marks the beginning of work. */
  begin(now: number): void {
    if (now - this.#wall <= MAX_AGE) return;
    this.#wall = now;
    this.#cpu = cpuTime();
  }

  /** How much of the time since work began was stolen, in ms; at most 1 ms too much. */
  since(now: number): number {
    return Math.max(0, now - this.#wall - (cpuTime() - this.#cpu));
  }
}

/** The processor time that this process has used, in ms. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
