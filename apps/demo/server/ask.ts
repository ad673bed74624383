import type { Client, Expr } from 'faunadb';
import { Refusal } from './refusal.js';

/** How long a person waits for FaunaDB's answer at most, in milliseconds. */
const patience = 10_000;

/**
 * Queries FaunaDB. The driver never settles a query whose connection ends without an answer, as when the server is killed
 * in the middle of one; here it ends all the same.
 *
 * @throws {Refusal} where there is no answer in time.
 */
export async function ask<T>(client: Client, query: Expr): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal(503, 'FaunaDB does not answer, so nobody can log in.')), patience);
  });
  try {
    return await Promise.race([client.query<T>(query), silence]);
  } finally {
    clearTimeout(timer);
  }
}
