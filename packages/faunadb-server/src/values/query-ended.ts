/**
 * Ends the whole query: it exceeds a limit or needs what the server does not keep. Unlike a `Failure`, it has no
 * position in the query, and code that evaluates a part of the query must not treat it as that part's error.
 */
export class QueryEnded extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'QueryEnded';

  constructor(
    readonly reason: 'limit' | 'time',
    readonly code: 'bad request' | 'time out',
    readonly description: string,
  ) {
    super(description);
  }
}

/** Ends a query that exceeds a limit. */
export function limitExceeded(description: string): QueryEnded {
  return new QueryEnded('limit', 'bad request', description);
}

/** Ends a query that exceeds its timeout. */
export function timedOut(): QueryEnded {
  return new QueryEnded('time', 'time out', 'Read timed out.');
}
