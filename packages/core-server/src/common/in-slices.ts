/** Milliseconds of work before others are served. */
const SLICE = 5;

/** Runs work step by step, and serves others whenever some steps have taken a few milliseconds. */
export async function inSlices<T>(steps: Iterator<void, T>): Promise<T> {
  for (let since = performance.now(); ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - since < SLICE) continue;
    await new Promise(setImmediate);
    since = performance.now();
  }
}
