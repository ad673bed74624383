import { getHeapStatistics } from 'node:v8';
import type { Budget } from '../values/budget.js';
import { limitExceeded, timedOut } from '../values/query-ended.js';

/** How deep lambdas and functions may call each other, as in the real server. */
export const MAX_CALL_DEPTH = 200;

/**
 * How many characters and elements all strings and arrays together may have that the functions of a query make. A few
 * calls could make more than there is memory: each may multiply what the one before has made. What takes long without
 * making anything counts among them, a unit for every 20 ns, so that no call is much more than a step.
 */
const MAX_MADE = 2 ** 26;

/** What looking at a value counts for beside making a character, as long as each takes. */
const VISITED = 32;

/** How many steps, or values looked at, pass between two looks at the clock: a few microseconds. */
const STEPS_PER_LOOK = 32;

/** How much of what functions make, or do meanwhile, takes a millisecond. */
const MADE_PER_MS = 50_000;

/** How much of it passes between two looks at the clock, since it may take longer than it should. */
const MADE_PER_LOOK = 10_000;
/** Between two looks at the memory, as long as this, in ms, goes by. */
const MEMORY_INTERVAL = 50;
/** Of the heap that the process may have, this much may be in use for longer than that, in ms. */
const CROWDED = 0.75;
const CROWDED_TIME = 1_000;

/**
 * Thrown where a query has taken longer than the one thread that serves all can spare. It is undone, and run again where it
 * keeps nobody waiting.
 */
export class Overrun {}

export interface Limits {
  /** How long it may take, in ms. */
  readonly timeout: number;
  /** How many calls it may consist of. */
  readonly maxSteps: number;
  /** How long it may keep others waiting, in ms, before it is an {@link Overrun}. */
  readonly patience?: number | undefined;
  /** How much memory the process may use, in bytes, which is the query's own. Where it is given, its heap is watched, too. */
  readonly maxMemory?: number | undefined;
}

/**
 * What a query may cost: by the time that its request allows, by a number of steps, each of which is a call of a function
 * or of a lambda, and by what its functions make. Where others wait for it, by how long they may.
 */
export class QueryBudget implements Budget {
  #steps = 0;
  #looks = 0;
  #made = 0;
  #nextLook = MADE_PER_LOOK;
  #nextMemoryLook = 0;
  #crowdedSince: number | undefined;
  readonly #maxSteps: number;
  readonly #deadline: number;
  readonly #overrun: number;
  readonly #maxMade: number;
  readonly #maxMemory: number | undefined;

  constructor({ timeout, maxSteps, patience, maxMemory }: Limits) {
    const now = performance.now();
    this.#maxSteps = maxSteps;
    this.#deadline = now + timeout;
    this.#overrun = patience === undefined ? Number.POSITIVE_INFINITY : now + patience;
    this.#maxMade = patience === undefined ? Number.POSITIVE_INFINITY : patience * MADE_PER_MS;
    this.#maxMemory = maxMemory;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Accounts for a step. @throws {QueryEnded} when the budget is used up. */
  spend(): void {
    this.#steps++;
    if (this.#steps > this.#maxSteps) throw limitExceeded(`Query exceeded the maximum of ${this.#maxSteps} calls.`);
    this.touch();
  }

  /** Accounts for something that takes a microsecond or so and is no step: an entry read, a value shown. */
  touch(): void {
    if (++this.#looks % STEPS_PER_LOOK === 0) this.#look();
  }

  /** Accounts for looking at one value among those that another holds. @throws {QueryEnded} when these are too many. */
  visit(): void {
    this.work(VISITED);
  }

  /**
   * Accounts for work that takes long beside a step.
   *
   * @param units as many as characters could be made meanwhile.
   * @throws {QueryEnded} when there is too much of it.
   */
  work(units: number): void {
    this.make(units);
  }

  /**
   * Accounts for a string or an array before it is made.
   *
   * @param size in characters (UTF-16 units) or elements.
   * @throws {QueryEnded} when all of them together are too large.
   */
  make(size: number): void {
    this.#made += size;
    if (this.#made > MAX_MADE) {
      throw limitExceeded(`Query exceeded the maximum of ${MAX_MADE} characters and elements made by functions.`);
    }
    if (this.#made > this.#maxMade) throw new Overrun();
    if (this.#made < this.#nextLook) return;
    this.#nextLook = this.#made + MADE_PER_LOOK;
    this.#look();
  }

  #look(): void {
    const now = performance.now();
    if (now > this.#deadline) throw timedOut();
    if (now > this.#overrun) throw new Overrun();
    if (this.#maxMemory === undefined || now < this.#nextMemoryLook) return;
    this.#nextMemoryLook = now + MEMORY_INTERVAL;
    if (process.memoryUsage.rss() > this.#maxMemory || this.#isCrowded(now)) {
      throw limitExceeded('Query exceeded the memory that one may use.');
    }
  }

  /**
   * Whether little of the heap has been free for so long that it was swept meanwhile, without avail. The fuller it is, the
   * more of the time goes into sweeping: it would take minutes until the process ends.
   */
  #isCrowded(now: number): boolean {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    if (used < CROWDED * limit) this.#crowdedSince = undefined;
    else this.#crowdedSince ??= now;
    return this.#crowdedSince !== undefined && now - this.#crowdedSince > CROWDED_TIME;
  }
}
