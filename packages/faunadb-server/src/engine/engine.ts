import type { ApiVersion } from '../values/api-version.js';
import type { FailureKind } from '../values/failure.js';

/**
 * The seam between the protocol (`http/`, which knows sockets and headers and nothing of FQL) and the database behind it
 * (`fql4/`, `model/`, which know nothing of HTTP).
 */
export interface Engine {
  /** Whether a secret opens a database: what `/authorized` and a request whose body is never read ask. */
  authenticate(secret: string | undefined): Opening | undefined | Promise<Opening | undefined>;

  /** Evaluates a query as one transaction. Never throws: what goes wrong is an answer. */
  execute(request: QueryRequest | QueryRequest10): Answer | Promise<Answer>;

  /**
   * Subscribes to the document or set that a query gives.
   *
   * @returns the events, one JSON text each, the first of which is `start`; or an answer that refuses.
   */
  stream(request: StreamRequest): Answer | EventStream | Promise<Answer | EventStream>;

  close(): Promise<void>;
}

/** The database that a secret opens. */
export interface Opening {
  readonly globalId: string;
}

export interface QueryRequest {
  /** What stood in the `Authorization` header, with any suffix that narrows it (`secret:database:role`). */
  readonly secret: string | undefined;
  /** The query in its wire form; `undefined` where none was sent. */
  readonly query: string | undefined;
  /**
   * JSON from the client, which `query` ends with quoted; what stands before it then is all of `query`. A text that is no
   * JSON is the query itself.
   */
  readonly params?: string;
  /** In which the query is written and the answer is to be; 4 unless told. */
  readonly apiVersion?: ApiVersion;
  /** How the place is called that may only read, in the error of a write there. */
  readonly readOnly?: 'get requests';
  /**
   * A ref in its wire form that must lead to an existing schema document; where it does not, the answer is `not found`
   * and nothing is evaluated. It is what a request that addresses a document by its path asks first.
   */
  readonly subject?: string;
  /** How long the evaluation may take, in ms. */
  readonly timeout: number;
  /** Whether the answer is read by people: indented. */
  readonly pretty: boolean;
}

/** How values are written in FQL v10. */
export type Format10 = 'simple' | 'tagged' | 'decorated';

export interface QueryRequest10 {
  readonly secret: string | undefined;
  /** The request's body; `undefined` where there was none. */
  readonly body: string | undefined;
  readonly format: Format10;
  /** Whether types are checked before it runs; `undefined`: as the database has it. */
  readonly typecheck: boolean | undefined;
  readonly performanceHints: boolean;
  /** The latest transaction that the client knows of, in µs. */
  readonly lastSeen: bigint | undefined;
  /** The labels of the query, as the answer repeats them. */
  readonly tags: string | undefined;
  /** How long the evaluation may take, in ms. */
  readonly timeout: number;
}

export interface StreamRequest {
  readonly secret: string | undefined;
  readonly query: string | undefined;
  readonly apiVersion?: ApiVersion;
  /** The parameter `fields`, as it was written. */
  readonly fields: string | undefined;
  readonly timeout: number;
}

/** What became of a query; `hurried`: it was given too little time. What status that is, the protocol knows. */
export type Outcome = 'done' | 'created' | 'unauthorized' | 'timed out' | 'contended' | 'hurried' | FailureKind;

/** Whether a transaction was kept. */
export function hasSucceeded(outcome: Outcome): boolean {
  return outcome === 'done' || outcome === 'created';
}

/** What a query was answered with, before it is put on the wire. */
export interface Answer {
  readonly outcome: Outcome;
  /** JSON. */
  readonly body: string;
  /** The transaction's time, in µs. */
  readonly transactionTime: bigint;
  readonly cost: Cost;
  /** Settles when the answer may be sent; `undefined` where that is now. It rejects where the disk refuses. */
  readonly durable: Promise<void> | undefined;
}

/** What the response headers tell of the work that was done. */
export interface Cost {
  readonly computeOps: number;
  readonly byteReadOps: number;
  readonly byteWriteOps: number;
  readonly storageBytesRead: number;
  readonly storageBytesWrite: number;
}

export interface EventStream {
  readonly id: string;
  readonly transactionTime: bigint;
  /** Ends when the stream ends: after an error event, or when `signal` of the consumer aborts it. */
  events(signal: AbortSignal): AsyncIterable<string>;
}
