import type { Client, Expr } from 'faunadb';
import { Refusal } from './refusal.js';

/** How long to wait for FaunaDB's answer, in milliseconds. */
const TIME_LIMIT = 10_000;

/**
 * Queries FaunaDB with a time limit, because the driver never settles a query whose connection ends without an answer. Retries
 * the first query after a connection was cut: the driver fails that query without having sent it.
 *
 * @throws {Refusal} if there is no answer in time.
 */
export async function ask<T>(client: Client, query: Expr): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal(503, 'FaunaDB does not answer, so nobody can log in.')), TIME_LIMIT);
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
