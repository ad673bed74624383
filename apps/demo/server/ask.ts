import type { Client, Expr } from 'faunadb';
import { FaunadbSessionError, queryFauna } from 'supertokens-faunadb';
import { Refusal } from './refusal.js';

/** How long to wait for FaunaDB's answer, in milliseconds. */
const TIME_LIMIT = 10_000;

/**
 * Queries FaunaDB with a time limit.
 *
 * @throws {Refusal} if there is no answer in time.
 */
export async function ask<T>(client: Client, query: Expr): Promise<T> {
  try {
    return await queryFauna<T>(client, query, TIME_LIMIT);
  } catch (error) {
    if (!(error instanceof FaunadbSessionError)) throw error;
    throw new Refusal(503, 'FaunaDB does not answer, so nobody can log in.');
  }
}
