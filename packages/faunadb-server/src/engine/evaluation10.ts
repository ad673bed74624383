import { RequestFailure } from '../fql10/wire/body.js';
import type { QueryContext } from '../query/context.js';
import { Failure } from '../values/failure.js';
import type { Cost, Outcome } from './engine.js';

export interface Evaluated10 {
  readonly outcome: Outcome;
  /** Makes the body, once the total cost is known. */
  body(cost: Cost): string;
}

/** Answers a request whose secret is valid; `began` is when it was received. The caller rolls back a failure. */
export type Evaluation10 = (host: QueryContext, began: number) => Evaluated10;

export interface Fault10 {
  readonly fault: string;
}

/** The result of `work`, or what is wrong with the request. */
export function orFault<T>(work: () => T): T | Fault10 {
  try {
    return work();
  } catch (error) {
    if (error instanceof RequestFailure || error instanceof Failure) return { fault: error.message };
    throw error;
  }
}
