import type { Ref } from '../../values/values.js';

/** Thrown when a write would add a duplicate entry to a unique index; becomes an error where the position is known. */
export class NotUnique extends Error {
  static override stackTraceLimit = 0;

  /** @param indexes the indexes with the duplicate entry */
  constructor(readonly indexes: readonly Ref[]) {
    super('The index has an entry of these terms and values already.');
  }
}

/** Thrown when a write would give a schema document the name of another one in its collection. */
export class NameTaken extends Error {
  static override stackTraceLimit = 0;

  constructor() {
    super('The name is taken.');
  }
}
