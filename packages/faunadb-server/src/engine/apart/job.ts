import type { Answer, QueryRequest, QueryRequest10 } from '../engine.js';

/** What is sent to a process that evaluates queries apart, first of all. */
export interface Opening {
  readonly kind: 'open';
  readonly rootKey: string;
  /** Where the store can be read. */
  readonly file: string;
  /** Tells the ids that it makes from those of other processes. */
  readonly slot: number;
  /** How much memory it may use, in bytes. */
  readonly maxMemory: number;
}

/** A query to be evaluated there. */
export interface Job {
  readonly kind: 'execute';
  readonly request: QueryRequest | QueryRequest10;
  /** The time of a transaction after which all that was there is on disk, in µs. */
  readonly begun: bigint;
  /** Whether what it changes is to be told to those who watch. */
  readonly isWatched: boolean;
}

/** What came of it. */
export interface Result {
  readonly kind: 'result';
  readonly answer: Omit<Answer, 'durable'>;
  readonly written: Written | undefined;
  /** How long it took the processor, in ms. */
  readonly elapsed: number;
}

/** It failed by a bug, or what the system refused. */
export interface Breakdown {
  readonly kind: 'breakdown';
  readonly error: Error;
}

/** What a query would write. */
export interface Written {
  /** By `encodeWrites`. */
  readonly writes: Buffer;
  /** Where in it the transaction's time stands. */
  readonly places: readonly (readonly number[])[];
  /** What stands for the transaction's time in the answer's body, where it does. */
  readonly shownStamp: string | undefined;
  /** What was read, for a `ReadSet`. */
  readonly reads: Buffer;
  /** By `encodeChanges`, with where the time stands in it. */
  readonly changes: { readonly bytes: Buffer; readonly places: readonly (readonly number[])[] } | undefined;
}
