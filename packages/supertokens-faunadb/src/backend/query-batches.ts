import type { Client, Expr } from 'faunadb';
import faunadb from 'faunadb';
import { withinTime } from './within-time.js';

/** The most queries that one request carries: it stays far below what FaunaDB takes, and what one failure may repeat. */
const MOST_TOGETHER = 32;

/** FaunaDB's answers that say: nothing of this request was done. */
const nothingDone: readonly unknown[] = [400, 403, 404, 409, 413];

interface Waiting {
  readonly query: Expr;
  /** Until when to wait for an answer, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends the queries that one turn of the event loop brings to a database as one request, hence as one transaction: a
 * request costs an application more than a query. Alone, a query waits for nobody. FaunaDB refuses a request whole; then
 * each query goes on its own, so that it meets no failure but its own.
 */
export class QueryBatches {
  readonly #limit: number;
  readonly #waiting = new Map<Client, Waiting[]>();

  /** @param limit The longest to wait for an answer, in milliseconds. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  query(client: Client, query: Expr): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(client) ?? [];
      waiting.push({ query, deadline: Date.now() + this.#limit, resolve, reject });
      if (waiting.length === 1) {
        this.#waiting.set(client, waiting);
        setImmediate(() => void this.#send(client, waiting));
      } else if (waiting.length === MOST_TOGETHER) {
        this.#waiting.delete(client);
      }
    });
  }

  async #send(client: Client, batch: readonly Waiting[]): Promise<void> {
    if (this.#waiting.get(client) === batch) this.#waiting.delete(client);
    const together = batch.map(({ query }) => query);
    try {
      const answers = await withinTime<unknown[]>(client, together as unknown as Expr, this.#limit);
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index]);
    } catch (error) {
      const mayGoAlone = batch.length > 1 && saysNothingDone(error);
      for (const { query, deadline, resolve, reject } of batch) {
        if (mayGoAlone) withinTime(client, query, Math.max(1, deadline - Date.now())).then(resolve, reject);
        else reject(error);
      }
    }
  }
}

function saysNothingDone(error: unknown): boolean {
  return error instanceof faunadb.errors.FaunaHTTPError && nothingDone.includes(error.requestResult.statusCode);
}
