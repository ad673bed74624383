import type { QueryContext } from '../../query/context.js';

const STEPS_PER_COMPUTE_OP = 50;

/** Measures the cost of a part of a query. */
export class Meter {
  readonly #host: QueryContext;
  readonly #began = performance.now();
  readonly #before: { readonly steps: number; readonly readOps: number; readonly bytesRead: number };

  constructor(host: QueryContext) {
    this.#host = host;
    const { readOps, bytesRead } = host.model.keys.usage;
    this.#before = { steps: host.budget.steps, readOps, bytesRead };
  }

  /** The cost so far, as JSON. */
  stats(): string {
    const { budget, model } = this.#host;
    const { readOps, bytesRead } = model.keys.usage;
    const steps = budget.steps - this.#before.steps;
    return statsText(
      readOps - this.#before.readOps,
      bytesRead - this.#before.bytesRead,
      Math.max(1, Math.ceil(steps / STEPS_PER_COMPUTE_OP)),
      Math.round(performance.now() - this.#began),
    );
  }
}

function statsText(readOps: number, bytesRead: number, computeOps: number, time: number): string {
  const limits = '"rate_limits_hit":[]';
  return `{"read_ops":${readOps},"storage_bytes_read":${bytesRead},"compute_ops":${computeOps},"processing_time_ms":${time},${limits}}`;
}

export const NO_STATS = statsText(0, 0, 0, 0);
