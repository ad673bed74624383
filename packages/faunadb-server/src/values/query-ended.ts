/**
 * Ends a query as a whole: it asks for more than it may, or for what the server does not keep. Unlike a `Failure` it has no
 * place in the query, and nothing that evaluates a part of the query may take it for that part's own error.
 */
export class Refusal extends Error {
  static override stackTraceLimit = 0;
  override readonly name = 'Refusal';

  constructor(
    readonly status: 400 | 503,
    readonly code: 'bad request' | 'time out',
    readonly description: string,
  ) {
    super(description);
  }
}

export function badRequest(description: string): Refusal {
  return new Refusal(400, 'bad request', description);
}
