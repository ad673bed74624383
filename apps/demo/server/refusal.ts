import faunadb from 'faunadb';
import { FaunadbSessionError } from 'supertokens-faunadb';
import type { Config } from './config.js';

/** An error response: a status, and a sentence for the user. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Converts any error to a response that says which server is unavailable, or what the user can correct. */
export function refusalFor(error: unknown, { faunadb: { url }, supertokens }: Config): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof FaunadbSessionError) {
    return new Refusal(error.code === 'FAUNADB_UNAVAILABLE' ? 503 : 500, error.message);
  }
  if (error instanceof faunadb.errors.FaunaHTTPError) {
    const { statusCode } = error.requestResult;
    if (statusCode === 401) return new Refusal(500, `FaunaDB at ${url.origin} does not accept FAUNADB_SECRET.`);
    return new Refusal(503, `FaunaDB at ${url.origin} answered ${statusCode}: ${error.message}.`);
  }
  if (!(error instanceof Error)) return new Refusal(500, 'The server failed.');
  if (isBadBody(error)) return new Refusal(400, 'The request body is not valid JSON.');
  if (error.message.startsWith('No SuperTokens core available')) {
    return new Refusal(
      503,
      `The SuperTokens Core at ${supertokens.connectionURI} does not answer, so nobody can log in.`,
    );
  }
  if (isNetworkFailure(error)) {
    return new Refusal(503, `FaunaDB at ${url.origin} does not answer, so nobody can log in.`);
  }
  return new Refusal(500, `The server failed: ${error.message}`);
}

function isBadBody(error: Error): boolean {
  return 'type' in error && typeof error.type === 'string' && error.type.startsWith('entity.');
}

function isNetworkFailure(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^(E[A-Z]+|ERR_HTTP2_)/.test(error.code);
}
