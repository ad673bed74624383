/** An answer that the protocol gives by itself, without the database. */
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

/** What is no HTTP, or has a target that is none. */
export const malformed: Refusal = { status: 400, code: 'bad request', description: 'Bad Request' };

export const clientTimedOut: Refusal = { status: 408, code: 'request timeout', description: 'Client timed out.' };

/** More wait already than can be served soon. */
export const tooManyRequests: Refusal = {
  status: 429,
  code: 'too many requests',
  description: 'Too many pending requests',
  headers: { 'retry-after': '1' },
};

/** What the log tells in full is none of the client's business. */
export const internalError: Refusal = {
  status: 500,
  code: 'internal server error',
  description: 'The server failed to answer this request. Its log says why.',
};

/** The answer of a real cluster that cannot commit. */
export function unavailable(description: string): Refusal {
  return { status: 503, code: 'unavailable', description };
}

/** To find out whom a secret stands for took longer than it may. */
export function timedOut(description: string): Refusal {
  return { status: 503, code: 'time out', description };
}

/** Whoever asks must know that it is no bug, and what helps. */
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
