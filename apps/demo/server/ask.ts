import type { Client, Expr } from 'faunadb';
import { Refusal } from './refusal.js';

/** How long a person waits for FaunaDB's answer at most, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Queries FaunaDB. The driver never settles a query whose connection ends without an answer, as when the server is killed
 * in the middle of one; here it ends all the same. And the driver fails the first query after a connection was cut, which
 * it has not sent: here it is sent.
 *
 * @throws {Refusal} where there is no answer in time.
 */
export async function ask<T>(client: Client, query: Expr): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal(503, 'FaunaDB does not answer, so nobody can log in.')), PATIENCE);
  });
  try {
    const answer = client.query<T>(query).catch((error) => {
      if (wasNotSent(error)) return client.query<T>(query);
      throw error;
    });
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** A refused stream has not been processed: RFC 9113, section 8.7. */
function wasNotSent(error: Error): boolean {
  return /ERR_HTTP2_INVALID_SESSION|NGHTTP2_REFUSED_STREAM/.test(`${'code' in error && error.code} ${error.message}`);
}
