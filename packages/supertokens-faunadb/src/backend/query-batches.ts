import { type FailureKind, failureOf } from '../fauna/base/failure.js';
import type { FaunaClient, FaunaQuery } from '../fauna/base/types.js';
import { languageOf } from '../fauna/languages.js';
import { withinTime } from './within-time.js';

/** The most queries in one request: far below FaunaDB's limits, and few to repeat after a failure. */
export const MAX_BATCH_SIZE = 32;

/**
 * The same for queries that create tokens. FaunaDB evaluates a request on one processor, and hashing the secret of a new
 * token takes it longer than a request costs: in larger batches, all sessions wait for the last one's token while
 * FaunaDB's other processors are idle.
 */
export const MAX_TOKENS_CREATED = 4;

/** The failures with which FaunaDB reports that it did nothing of a request. */
const nothingDone: readonly (FailureKind | undefined)[] = [
  'forbidden',
  'missing',
  'no collection',
  'aborted',
  'refused',
];

interface Waiting {
  readonly query: FaunaQuery;
  /** When to stop waiting for an answer, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends the queries of one turn of the event loop to a database together, up to a number in one request, which is one
 * transaction: a request costs more than a query. No query waits for later ones. If FaunaDB refuses the request, each query
 * is sent separately, so that one query's failure does not affect the others.
 */
export class QueryBatches {
  readonly #limit: number;
  readonly #maxSize: number;
  readonly #waiting = new Map<FaunaClient, Waiting[]>();

  /**
   * @param limit How long to wait for an answer, in milliseconds.
   * @param maxSize The most queries in one request.
   */
  constructor(limit: number, maxSize = MAX_BATCH_SIZE) {
    this.#limit = limit;
    this.#maxSize = maxSize;
  }

  query(client: FaunaClient, query: FaunaQuery): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(client) ?? [];
      waiting.push({ query, deadline: Date.now() + this.#limit, resolve, reject });
      if (waiting.length === 1) {
        this.#waiting.set(client, waiting);
        setImmediate(() => void this.#send(client, waiting));
      } else if (waiting.length === this.#maxSize) {
        this.#waiting.delete(client);
      }
    });
  }

  async #send(client: FaunaClient, batch: readonly Waiting[]): Promise<void> {
    if (this.#waiting.get(client) === batch) this.#waiting.delete(client);
    try {
      const together = (await languageOf(client)).together(batch.map(({ query }) => query));
      const answers = await withinTime<unknown[]>(client, together, this.#limit);
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index]);
    } catch (error) {
      const mayGoAlone = batch.length > 1 && nothingDone.includes(failureOf(error)?.kind);
      for (const { query, deadline, resolve, reject } of batch) {
        if (mayGoAlone) withinTime(client, query, Math.max(1, deadline - Date.now())).then(resolve, reject);
        else reject(error);
      }
    }
  }
}
