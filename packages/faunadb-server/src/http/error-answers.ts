/** An error answer from the HTTP layer, without the database. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const notFound: Refusal = { status: 404, code: 'not found', description: 'Not Found' };

export const unauthorized: Refusal = {
  status: 401,
  code: 'unauthorized',
  description: 'Unauthorized',
  headers: { 'www-authenticate': 'Basic realm="Unauthorized"' },
};

export const requestTooLarge: Refusal = {
  status: 413,
  code: 'request too large',
  description: 'Request entity is too large',
};

/** For malformed HTTP and invalid targets. */
export const malformed: Refusal = { status: 400, code: 'bad request', description: 'Bad Request' };

export const clientTimedOut: Refusal = { status: 408, code: 'request timeout', description: 'Client timed out.' };

/** For requests when too many are waiting already. */
export const tooManyRequests: Refusal = {
  status: 429,
  code: 'too many requests',
  description: 'Too many pending requests',
  headers: { 'retry-after': '1' },
};

/** The log has the details, which are none of the client's business. */
export const internalError: Refusal = {
  status: 500,
  code: 'internal server error',
  description: 'The server failed to answer this request. Its log says why.',
};

/** A real cluster's answer when it cannot commit. */
export function unavailable(description: string): Refusal {
  return { status: 503, code: 'unavailable', description };
}

/** For requests whose secret takes too long to look up. */
export function timedOut(description: string): Refusal {
  return { status: 503, code: 'time out', description };
}

/** Says that the data is damaged and what to do: this is not a bug. */
export function damaged(description: string): Refusal {
  return { status: 500, code: 'internal server error', description };
}

export function badRequest(description: string): Refusal {
  return { status: 400, code: 'bad request', description };
}

export function methodNotAllowed(...allowed: string[]): Refusal {
  const list = allowed.join(', ');
  return {
    status: 405,
    code: 'method not allowed',
    description: `Allowed methods are ${list}.`,
    headers: { allow: list },
  };
}

export function refusalBody({ code, description }: Refusal): string {
  return JSON.stringify({ errors: [{ code, description }] });
}
