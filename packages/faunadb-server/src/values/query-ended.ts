/**
 * Ends a query as a whole: it asks for more than it may, or for what the server does not keep. Unlike a `Failure` it has no
 * place in the query, and nothing that evaluates a part of the query may take it for that part's own error.
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

/** Ends a query that asks for more than one may. */
export function limitExceeded(description: string): QueryEnded {
  return new QueryEnded('limit', 'bad request', description);
}

/** Ends a query that has taken longer than it may. */
export function timedOut(): QueryEnded {
  return new QueryEnded('time', 'time out', 'Read timed out.');
}
