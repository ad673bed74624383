import type { Outcome } from '@supertokens-faunadb/store';

/** The value of an outcome once it may be told to the outside: when all it depends on is on disk. */
export async function settled<T>(outcome: Outcome<T>): Promise<T> {
  if (outcome.durable !== undefined) await outcome.durable;
  return outcome.value;
}
