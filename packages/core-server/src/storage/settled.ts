import type { Outcome } from '@supertokens-faunadb/store';

/** Resolves with the value of an outcome once all that it depends on is durable. */
export async function settled<T>(outcome: Outcome<T>): Promise<T> {
  if (outcome.durable !== undefined) await outcome.durable;
  return outcome.value;
}
