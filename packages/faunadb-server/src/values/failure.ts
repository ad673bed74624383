import type { Position } from './position.js';

/** What is wrong: the request in itself, who asks for it, or that something it is about does not exist. */
export type FailureKind = 'invalid' | 'forbidden' | 'missing';

/** One error of an answer, before it is rendered: `code` and `description` are FaunaDB's own. */
export interface FqlError {
  readonly code: string;
  readonly description: string;
  readonly position: Position | undefined;
  readonly kind: FailureKind;
  /** Rank among the errors of one answer, of which the gravest decides what kind of answer it is: parse errors win over arguments, over permissions. */
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

const RANKS = { parse: 3, argument: 2, permission: 1, other: 0 } as const;

/** What kind of answer several errors make: that of the gravest, the first of these. */
export function gravestKind(errors: readonly FqlError[]): FailureKind {
  let gravest = errors[0]!;
  for (const error of errors) if (RANKS[error.rank] > RANKS[gravest.rank]) gravest = error;
  return gravest.kind;
}
