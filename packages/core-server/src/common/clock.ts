/** Returns the current time, in milliseconds since the epoch. */
export type Clock = () => number;

// Not `Date.now` itself: tests replace it later.
export const systemClock: Clock = () => Date.now();
