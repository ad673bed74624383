/** How long a job rests after its first failure, in ms; doubled with each further failure in a row. */
const FIRST_REST = 1_000;
const LONGEST_REST = 600_000;

/** The most failing jobs to remember; those that failed longest ago are forgotten. */
const MAX_KEPT = 10_000;

/** Which jobs have failed, and when to retry each: a job that cannot succeed must not delay the others. */
export class Setbacks {
  readonly #jobs = new Map<string, { readonly failures: number; readonly until: number }>();

  isResting(job: string): boolean {
    const setback = this.#jobs.get(job);
    return setback !== undefined && setback.until > Date.now();
  }

  /** @returns how often it has failed in a row. */
  failed(job: string): number {
    const failures = (this.#jobs.get(job)?.failures ?? 0) + 1;
    const rest = Math.min(FIRST_REST * 2 ** (failures - 1), LONGEST_REST);
    this.#jobs.delete(job);
    this.#jobs.set(job, { failures, until: Date.now() + rest });
    if (this.#jobs.size > MAX_KEPT) this.#jobs.delete(this.#jobs.keys().next().value!);
    return failures;
  }

  succeeded(job: string): void {
    this.#jobs.delete(job);
  }
}
