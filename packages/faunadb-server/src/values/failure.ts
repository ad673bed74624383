import type { Position } from './position.js';

/** What is wrong: the request itself, the client's rights, or a missing document. */
export type FailureKind = 'invalid' | 'forbidden' | 'missing';

/** One error of an answer, before it is rendered: `code` and `description` are FaunaDB's own. */
export interface FqlError {
  readonly code: string;
  readonly description: string;
  readonly position: Position | undefined;
  readonly kind: FailureKind;
  /**
   * The error's rank in an answer, whose highest rank decides the kind of answer: parse, argument, permission, other.
   */
  readonly rank: 'parse' | 'argument' | 'permission' | 'other';
  /** Field failures of `validation failed`. */
  readonly failures?: readonly FieldFailure[];
  /** The error inside a called function (`call error`). */
  readonly cause?: readonly FqlError[];
}

export interface FieldFailure {
  readonly field: readonly (string | number)[];
  readonly code: string;
  readonly description: string;
}

/**
 * Thrown to end the evaluation of an expression with one or more errors. It has no stack: it is an answer, not a bug.
 */
export class Failure extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'Failure';
  readonly errors: readonly FqlError[];
  constructor(errors: readonly FqlError[]) {
    super(errors[0]?.description ?? '');
    this.errors = errors;
  }
}

const RANKS = { parse: 3, argument: 2, permission: 1, other: 0 } as const;

/** The kind of answer for several errors: that of the first one with the highest rank. */
export function gravestKind(errors: readonly FqlError[]): FailureKind {
  let gravest = errors[0]!;
  for (const error of errors) if (RANKS[error.rank] > RANKS[gravest.rank]) gravest = error;
  return gravest.kind;
}
