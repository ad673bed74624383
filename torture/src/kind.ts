/** What a kind receives. */
export interface Run {
  /**
   * Whether to go on. Call it between rounds: at least one round runs.
   *
   * @param requests sent so far, if requests are what is counted
   */
  readonly hasTime: (requests?: number) => boolean;
  /** A number from 0 (inclusive) to 1 (exclusive); the same seed gives the same sequence. */
  readonly random: () => number;
  /** Called once a round; shown on a terminal. */
  readonly progress: (text: string) => void;
}

/** What was done, by name: `{ rounds: 300, acknowledged: 32313 }`. */
export type Counts = Readonly<Record<string, number>>;

/** Runs until the time is over. @throws {Error} if a promise is broken, with what reproduces it */
export type Kind = (run: Run) => Promise<Counts>;

/** Thrown if a kind cannot run here; the message is the reason. */
export class Skipped extends Error {}

/** How long a run goes on: until one of the two limits is reached. */
export interface Bounds {
  readonly seconds: number;
  readonly requests?: number;
}

export function runFor(
  { seconds, requests = Infinity }: Bounds,
  seed: number,
  progress: (text: string) => void = () => {},
): Run {
  const end = performance.now() + seconds * 1000;
  const hasTime = (sent = 0) => performance.now() < end && sent < requests;
  return { hasTime, random: randomFrom(seed), progress };
}

/** The generator mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
