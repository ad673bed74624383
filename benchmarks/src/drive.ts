import { Client } from 'undici';
import type { Operation } from './scenario.js';

/** What one connection did. */
export interface Driven {
  /** How long each operation took that succeeded, in milliseconds. */
  readonly latencies: readonly number[];
  /** How often each error came. */
  readonly errors: ReadonlyMap<string, number>;
}

/** How long to rest after an error, in milliseconds: a server that is away would be asked in a tight loop. */
const REST_AFTER_ERROR = 10;

/**
 * Repeats an operation over one connection until `end`, and times those that begin after `begin` (both by
 * `performance.now()`). One that fails is counted, not timed, and whatever the connection remembered is forgotten: one answer
 * that is an error must not end a run of thousands, nor pass unseen.
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
