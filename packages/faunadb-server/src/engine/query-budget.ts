import { getHeapStatistics } from 'node:v8';
import type { Budget } from '../values/budget.js';
import { limitExceeded, timedOut } from '../values/query-ended.js';
import type { StolenTime } from './stolen-time.js';

/** How deep calls of lambdas and functions may be nested, as in the real server. */
export const MAX_CALL_DEPTH = 200;

/**
 * How many characters and elements the strings and arrays made by a query's functions may have in all. Without this
 * limit a few calls could fill the memory, since each may multiply the previous result. Slow work that makes nothing
 * counts too, one unit for every 20 ns, so that no call costs much more than a step.
 */
const MAX_MADE = 2 ** 26;

/** The cost of looking at a value, in units of making a character: both take equally long. */
const VISITED = 32;

/**
 * How many steps, or values looked at, pass between two checks of the clock. Each takes about a microsecond, but some take
 * much longer than that.
 */
const STEPS_PER_LOOK = 8;

/** How many units of making, or of equivalent work, take a millisecond. */
const MADE_PER_MS = 50_000;

/** How many of these units pass between two checks of the clock, since a unit may take longer than estimated. */
const MADE_PER_LOOK = 2_500;
/** The time between two checks of the memory, in ms. */
const MEMORY_INTERVAL = 50;
/** Of the heap that the process may have, this much may be in use for longer than that, in ms. */
const CROWDED = 0.75;
const CROWDED_TIME = 1_000;

/**
 * Thrown when a query has taken longer than the serving thread can spare. The query is undone and runs again in another
 * process.
 */
export class Overrun {}

export interface Limits {
  /** How long it may take, in ms. */
  readonly timeout: number;
  /** How many calls it may make. */
  readonly maxSteps: number;
  /** How long it may delay other queries, in ms of processor time, before it becomes an {@link Overrun}. */
  readonly patience?: number | undefined;
  /** The time to leave out of that. */
  readonly stolen?: Pick<StolenTime, 'begin' | 'since'> | undefined;
  /** How much memory the process may use, in bytes, which is the query's own. Where it is given, its heap is watched, too. */
  readonly maxMemory?: number | undefined;
}

/**
 * The limits of a query: its request's timeout, a number of steps (calls of functions and lambdas), and the size of
 * what its functions make. If other queries wait for it, also how long they may wait.
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
  readonly #stolen: Limits['stolen'];
  /** When its patience ends if nothing is stolen. */
  readonly #patienceEnd: number;
  /** The same with what was stolen when that was last looked up. */
  #overrun: number;
  readonly #maxMade: number;
  readonly #maxMemory: number | undefined;

  constructor({ timeout, maxSteps, patience, stolen, maxMemory }: Limits) {
    const now = performance.now();
    if (patience !== undefined) stolen?.begin(now);
    this.#stolen = stolen;
    this.#maxSteps = maxSteps;
    this.#deadline = now + timeout;
    this.#patienceEnd = patience === undefined ? Number.POSITIVE_INFINITY : now + patience;
    this.#overrun = this.#patienceEnd;
    this.#maxMade = patience === undefined ? Number.POSITIVE_INFINITY : patience * MADE_PER_MS;
    this.#maxMemory = maxMemory;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Counts a step. @throws {QueryEnded} if the budget is used up. */
  spend(): void {
    this.#steps++;
    if (this.#steps > this.#maxSteps) throw limitExceeded(`Query exceeded the maximum of ${this.#maxSteps} calls.`);
    this.touch();
  }

  /** Counts something that takes about a microsecond and is not a step: an entry read, a value rendered. */
  touch(): void {
    if (++this.#looks % STEPS_PER_LOOK === 0) this.#look();
  }

  /** Counts looking at one value inside another. @throws {QueryEnded} if there are too many. */
  visit(): void {
    this.work(VISITED);
  }

  /**
   * Counts work that takes longer than a step.
   *
   * @param units the number of characters that could be made in the same time.
   * @throws {QueryEnded} if there is too much of it.
   */
  work(units: number): void {
    this.make(units);
  }

  /**
   * Counts a string or an array before it is made.
   *
   * @param size in characters (UTF-16 units) or elements.
   * @throws {QueryEnded} if all of them together are too large.
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

  foresee(milliseconds: number): void {
    if (this.#isOverrunAt(performance.now(), milliseconds)) throw new Overrun();
  }

  #look(): void {
    const now = performance.now();
    if (now > this.#deadline) throw timedOut();
    if (this.#isOverrunAt(now)) throw new Overrun();
    if (this.#maxMemory === undefined || now < this.#nextMemoryLook) return;
    this.#nextMemoryLook = now + MEMORY_INTERVAL;
    if (process.memoryUsage.rss() > this.#maxMemory || this.#isCrowded(now)) {
      throw limitExceeded('Query exceeded the memory that one may use.');
    }
  }

  /** @param more milliseconds that the query is about to take */
  #isOverrunAt(now: number, more = 0): boolean {
    if (now + more > this.#overrun && this.#stolen) this.#overrun = this.#patienceEnd + this.#stolen.since(now);
    return now + more > this.#overrun;
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
