/** What a kind is given. */
export interface Run {
  /**
   * Whether it shall go on. Ask between two rounds: at least one is done.
   *
   * @param requests that have been sent, where that is what is counted
   */
  readonly hasTime: (requests?: number) => boolean;
  /** A number from 0 (inclusive) to 1 (exclusive); the same row of them for the same seed. */
  readonly random: () => number;
  /** Told once a round; shown where somebody watches. */
  readonly progress: (text: string) => void;
}

/** What was done, by name: `{ rounds: 300, acknowledged: 32313 }`. */
export type Counts = Readonly<Record<string, number>>;

/** Runs until there is no more time. @throws {Error} where a promise is broken, with what would show it again */
export type Kind = (run: Run) => Promise<Counts>;

/** What stops a kind that cannot be run here, with the reason. */
export class Skipped extends Error {}

/** How long a run goes on: until one of both is over. */
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
