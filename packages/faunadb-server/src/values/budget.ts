/** What a query may still cost. All that loops over values accounts for it here; what exceeds it ends the query. */
export interface Budget {
  /** Accounts for a step: a call of a function or of a lambda, an element of a set. @throws {QueryEnded} */
  spend(): void;
  /** Accounts for something that takes a microsecond or so and is no step: an entry read, a value shown. @throws {QueryEnded} */
  touch(): void;
  /** Accounts for looking at one value among those that another holds. @throws {QueryEnded} */
  visit(): void;
  /**
   * Accounts for work that takes long beside a step.
   *
   * @param units as many as characters could be made meanwhile.
   * @throws {QueryEnded}
   */
  work(units: number): void;
  /**
   * Accounts for a string or an array before it is made.
   *
   * @param size in characters (UTF-16 units) or elements.
   * @throws {QueryEnded}
   */
  make(size: number): void;
}
