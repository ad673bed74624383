import type { Reader, Transaction, Value } from '@supertokens-faunadb/store';

/** Writes `value` as JSON. */
export function putJson(transaction: Transaction, key: Uint8Array, value: unknown): void {
  transaction.put(key, Buffer.from(JSON.stringify(value)));
}

/** Reads what {@link putJson} wrote; the caller names its type. */
export function getJson<T>(reader: Reader, key: Uint8Array): T | undefined {
  const value = reader.get(key);
  return value === undefined ? undefined : parseJson<T>(value);
}

export function parseJson<T>(value: Value): T {
  return JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()) as T;
}

/** Nothing but the key counts. */
export const EMPTY: Value = new Uint8Array(0);
