import type { Usage } from '../model/base/usage.js';
import type { ApiVersion } from '../values/api-version.js';
import { stackOverflow } from '../values/errors.js';
import { Failure, gravestKind } from '../values/failure.js';
import { QueryEnded } from '../values/query-ended.js';
import type { Answer, Cost, Outcome, Request10, StreamRequest10 } from './engine.js';
import { languageOf } from './languages.js';
import { MAX_CALL_DEPTH, type QueryBudget } from './query-budget.js';
import { protocolError10, refusal10, unauthorized10 } from './refusal10.js';
import { type AnyRequest, is10, isOfStream, versionOf } from './requests.js';

const STEPS_PER_COMPUTE_OP = 50;
export const UNAUTHORIZED = '{"errors":[{"code":"unauthorized","description":"Unauthorized"}]}';

const CONTENDED = JSON.stringify({
  errors: [
    {
      code: 'contended transaction',
      description: 'Transaction was aborted due to detection of concurrent modification.',
    },
  ],
});

const NO_COST: Cost = { computeOps: 1, byteReadOps: 0, byteWriteOps: 0, storageBytesRead: 0, storageBytesWrite: 0 };

/** The outcome of an evaluation, with its JSON. */
export interface Evaluated {
  readonly outcome: Outcome;
  readonly body: string;
}

/** The answer to requests without a valid secret. */
export function unauthorized(request: AnyRequest): Evaluated {
  const asked = asked10(request);
  return { outcome: 'unauthorized', body: asked ? unauthorized10(asked) : UNAUTHORIZED };
}

/** The answer to a transaction that conflicted with others too often. */
export const contended = (request: AnyRequest): Evaluated => ({
  outcome: 'contended',
  body: is10(request)
    ? protocolError10(
        'contended_transaction',
        'Transaction was aborted due to detection of concurrent modification.',
        request,
      )
    : CONTENDED,
});

/** The answer to a query that another process could not evaluate. */
export function refusalOf(error: unknown, request: AnyRequest): Evaluated {
  const asked = asked10(request);
  if (!asked) return evaluatedTo(error, versionOf(request));
  if (error instanceof QueryEnded) return refusal10(error, asked);
  throw error;
}

/** What was asked, if in FQL v10. */
function asked10(request: AnyRequest): Request10 | (StreamRequest10 & Pick<Request10, 'tags' | 'timeout'>) | undefined {
  if (!isOfStream(request)) return is10(request) ? request : undefined;
  const { stream, timeout } = request;
  return 'kind' in stream ? { ...stream, timeout, tags: undefined } : undefined;
}

/** The answer to a request that never became a transaction. */
export function refusedAnswer(evaluated: Evaluated, transactionTime: bigint): Answer {
  return { ...evaluated, transactionTime, cost: NO_COST, durable: undefined };
}

/** The cost of a query; what it wrote counts only if it was committed. */
export function costOf(
  { steps }: QueryBudget,
  { readOps, writeOps, bytesRead, bytesWritten }: Usage,
  isKept: boolean,
): Cost {
  return {
    computeOps: Math.max(1, Math.ceil(steps / STEPS_PER_COMPUTE_OP)),
    byteReadOps: readOps,
    byteWriteOps: isKept ? writeOps : 0,
    storageBytesRead: bytesRead,
    storageBytesWrite: isKept ? bytesWritten : 0,
  };
}

/** The answer to a query that has failed. An exception that is not one of FQL's is a bug, and is thrown again. */
export function evaluatedTo(error: unknown, version: ApiVersion): Evaluated {
  if (error instanceof Failure) {
    return { outcome: gravestKind(error.errors), body: languageOf(version).failure(error.errors, version) };
  }
  if (error instanceof QueryEnded) {
    const { reason, code, description } = error;
    return {
      outcome: reason === 'time' ? 'timed out' : 'invalid',
      body: JSON.stringify({ errors: [{ code, description }] }),
    };
  }
  // One FQL call takes several JavaScript calls, so FQL's deepest nesting may exceed the JavaScript stack.
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return evaluatedTo(stackOverflow(MAX_CALL_DEPTH, undefined), version);
  }
  throw error;
}
