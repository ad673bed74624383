/** The limits of a query. All code that loops over values counts its work here; exceeding a limit ends the query. */
export interface Budget {
  /** How many steps it has counted. */
  readonly steps: number;
  /** Counts a step: a call of a function or lambda, or an element of a set. @throws {QueryEnded} */
  spend(): void;
  /**
   * Counts something that takes about a microsecond and is not a step: an entry read, a value rendered. @throws
   * {QueryEnded}
   */
  touch(): void;
  /** Counts looking at one value inside another. @throws {QueryEnded} */
  visit(): void;
  /**
   * Counts work that takes longer than a step.
   *
   * @param units the number of characters that could be made in the same time.
   * @throws {QueryEnded}
   */
  work(units: number): void;
  /**
   * Counts a string or an array before it is made.
   *
   * @param size in characters (UTF-16 units) or elements.
   * @throws {QueryEnded}
   */
  make(size: number): void;
  /**
   * Announces work that cannot be interrupted, before it is done, so that it is not done where others wait for it.
   *
   * @param milliseconds how long it will take
   */
  foresee(milliseconds: number): void;
}
