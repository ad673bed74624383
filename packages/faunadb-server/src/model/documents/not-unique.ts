import type { Ref } from '../../values/values.js';

/** Thrown when a write would put an entry into a unique index that has one like it; it becomes an error where the position is known. */
export class NotUnique extends Error {
  static override stackTraceLimit = 0;

  /** @param indexes those that have such an entry */
  constructor(readonly indexes: readonly Ref[]) {
    super('The index has an entry of these terms and values already.');
  }
}

/** Thrown when a write would give a schema document a name that another one of its collection has. */
export class NameTaken extends Error {
  static override stackTraceLimit = 0;

  constructor() {
    super('The name is taken.');
  }
}
