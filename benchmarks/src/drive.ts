import { Client } from 'undici';
import type { Operation } from './scenario.js';

/** What one connection did. */
export interface Driven {
  /** The duration of each successful operation, in milliseconds. */
  readonly latencies: readonly number[];
  /** How often each error occurred. */
  readonly errors: ReadonlyMap<string, number>;
}

/** Pause after an error, in milliseconds. It prevents a tight loop against an unreachable server. */
const REST_AFTER_ERROR = 10;

/**
 * Repeats an operation over one connection until `end`, and times the runs that begin after `begin` (both by
 * `performance.now()`). A failure is counted, not timed, and resets the connection's state: one error must neither end a
 * run of thousands nor go unnoticed.
 */
export async function drive(url: string, connect: () => Operation, begin: number, end: number): Promise<Driven> {
  const latencies: number[] = [];
  const errors = new Map<string, number>();
  const client = new Client(url, { pipelining: 1 });
  let operation = connect();
  for (let started = performance.now(); started < end; started = performance.now()) {
    try {
      await operation(client);
      const now = performance.now();
      if (started >= begin && now <= end) latencies.push(now - started);
    } catch (error) {
      const message = reason(error);
      errors.set(message, (errors.get(message) ?? 0) + 1);
      operation = connect();
      await new Promise((resolve) => setTimeout(resolve, REST_AFTER_ERROR));
    }
  }
  await client.close();
  return { latencies, errors };
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const text = error.message || (typeof code === 'string' ? code : error.name);
  return (text.split('\n')[0] ?? '').slice(0, 200);
}
