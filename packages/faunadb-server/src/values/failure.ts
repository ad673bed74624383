import type { Position } from './position.js';

/** One error of an answer, before it is rendered: `code` and `description` are FaunaDB's own. */
export interface FqlError {
  readonly code: string;
  readonly description: string;
  readonly position: Position | undefined;
  /** HTTP status that this error asks for; the gravest error of an answer decides. */
  readonly status: 400 | 403 | 404;
  /** Rank among the errors of one answer when the status is chosen: parse errors win over arguments, over permissions. */
  readonly rank: 'parse' | 'argument' | 'permission' | 'other';
  /** Field failures of `validation failed`. */
  readonly failures?: readonly FieldFailure[];
  /** What went wrong inside a called function (`call error`). */
  readonly cause?: readonly FqlError[];
}

export interface FieldFailure {
  readonly field: readonly (string | number)[];
  readonly code: string;
  readonly description: string;
}

/** Thrown to end the evaluation of an expression with one error or several. Carries no stack: it is an answer, not a bug. */
export class Failure extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'Failure';
  readonly errors: readonly FqlError[];
  constructor(errors: readonly FqlError[]) {
    super(errors[0]?.description ?? '');
    this.errors = errors;
  }
}
