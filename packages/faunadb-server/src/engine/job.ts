import type { Answer } from './engine.js';
import type { AnyRequest } from './requests.js';

/** The first message to a process that evaluates queries. */
export interface Setup {
  readonly kind: 'open';
  readonly rootKey: string;
  /** The file of the store to read. */
  readonly file: string;
  /** Distinguishes the ids that this process makes from those of others. */
  readonly slot: number;
  /** How much memory it may use, in bytes. */
  readonly maxMemory: number;
}

/** The answer to it: the process can evaluate queries now. */
export interface Ready {
  readonly kind: 'ready';
}

/** A query for the process to evaluate. */
export interface Job {
  readonly kind: 'execute';
  readonly request: AnyRequest;
  /** The time of a transaction after which everything existing was on disk, in µs. */
  readonly begun: bigint;
  /** Whether streams need its changes. */
  readonly isWatched: boolean;
}

/** The outcome of a job. */
export interface Result {
  readonly kind: 'result';
  readonly answer: Omit<Answer, 'durable'>;
  readonly written: Written | undefined;
  /** The CPU time it took, in ms. */
  readonly elapsed: number;
}

/** A failure by a bug, or by the system. */
export interface Breakdown {
  readonly kind: 'breakdown';
  readonly error: Error;
}

/** What a query would write. */
export interface Written {
  /** Encoded by `encodeWrites`. */
  readonly writes: Buffer;
  /** The places of the transaction's time in it. */
  readonly places: readonly (readonly number[])[];
  /** The placeholder for the transaction's time in the answer's body, if there is one. */
  readonly shownStamp: string | undefined;
  /** What the query read, for a `ReadSet`. */
  readonly reads: Buffer;
  /** Encoded by `encodeChanges`, with the places of the time in it. */
  readonly changes: { readonly bytes: Buffer; readonly places: readonly (readonly number[])[] } | undefined;
}
