import type { ApiVersion } from '../values/api-version.js';
import type { FailureKind } from '../values/failure.js';

/**
 * The interface between HTTP (`http/`, which handles sockets and headers and does not know FQL) and the database (the
 * languages and `model/`, which do not know HTTP).
 */
export interface Engine {
  /**
   * Returns the database that a secret opens, if any. Used by `/authorized` and for requests whose body is never
   * read.
   */
  authenticate(secret: string | undefined): Opening | undefined | Promise<Opening | undefined>;

  /** Evaluates a query as one transaction. Never throws: an error is an answer, too. */
  execute(request: QueryRequest | Request10): Answer | Promise<Answer>;

  /**
   * Subscribes to the document or set that a query returns, or to an event source of FQL v10.
   *
   * @returns the events, each a JSON text; or an answer that refuses.
   */
  stream(request: StreamRequest | StreamRequest10): Answer | EventStream | Promise<Answer | EventStream>;

  close(): Promise<void>;
}

/** The database that a secret opens. */
export interface Opening {
  readonly globalId: string;
}

export interface QueryRequest {
  /** The secret in the `Authorization` header, with any suffix that narrows it (`secret:database:role`). */
  readonly secret: string | undefined;
  /** The query in its wire form; `undefined` if the request has none. */
  readonly query: string | undefined;
  /**
   * JSON from the client, to be appended to `query` as a quoted value; `query` is then only what comes before it. If it
   * is not JSON, it is the query itself.
   */
  readonly params?: string;
  /** The version of the query and the answer. Default: 4. */
  readonly apiVersion?: ApiVersion;
  /** Set if the query may only read: the name of this place in the error of a write. */
  readonly readOnly?: 'get requests';
  /**
   * A ref in its wire form to a schema document. If the document does not exist, the answer is `not found` and nothing
   * is evaluated. Set for requests that address a document by its path.
   */
  readonly subject?: string;
  /** How long the evaluation may take, in ms. */
  readonly timeout: number;
  /** Whether the answer is indented, for people to read. */
  readonly pretty: boolean;
}

/** The formats of values in FQL v10. */
export type Format10 = 'simple' | 'tagged' | 'decorated';

/** A request in FQL v10 that is evaluated like a query. */
export type Request10 = QueryRequest10 | EventsRequest10 | EnvironmentRequest10 | SchemaRequest10;

export interface QueryRequest10 {
  readonly kind: 'query';
  readonly secret: string | undefined;
  /** The request's body; `undefined` if there is none. */
  readonly body: string | undefined;
  readonly format: Format10;
  /** Whether to check types before the query runs; `undefined`: the database's setting. */
  readonly typecheck: boolean | undefined;
  readonly performanceHints: boolean;
  /** The latest transaction time that the client has seen, in µs. */
  readonly lastSeen: bigint | undefined;
  /** The query's labels, as the answer repeats them. */
  readonly tags: string | undefined;
  /** How long the evaluation may take, in ms. */
  readonly timeout: number;
}

/** A request for past events of an event source. */
export interface EventsRequest10 {
  /** A page of a feed, or what a stream missed before it began. */
  readonly kind: 'feed' | 'replay';
  readonly secret: string | undefined;
  readonly body: string | undefined;
  readonly timeout: number;
  readonly tags: undefined;
  /** When the stream began, in µs. */
  readonly until?: bigint;
}

/** A request for the types of everything that queries can name. */
export interface EnvironmentRequest10 {
  readonly kind: 'environment';
  readonly secret: string | undefined;
  readonly timeout: number;
  readonly tags: undefined;
}

/** A request about the schema as text. */
export interface SchemaRequest10 {
  readonly kind: 'schema';
  readonly secret: string | undefined;
  readonly method: string;
  /** What follows `/schema/1/` in the path, decoded. */
  readonly path: readonly string[];
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** The files of a multipart body. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Any other body. */
  readonly text: string;
  /** How long the evaluation may take, in ms. */
  readonly timeout: number;
  readonly tags: undefined;
}

/** A request for what a stream is of, and for the roles of its secret, so that it can be opened. */
export interface OpeningRequest {
  readonly kind: 'opening';
  readonly secret: string | undefined;
  readonly stream: StreamRequest | StreamRequest10;
  readonly timeout: number;
}

/** A request for what an open stream reports of transactions. */
export interface ReportRequest {
  readonly kind: 'report';
  readonly secret: string | undefined;
  readonly stream: StreamRequest | StreamRequest10;
  /** The roles that it keeps, if its rights are those of roles. */
  readonly roles: readonly bigint[] | undefined;
  /** The time of each, in µs, and its changes as `encodeChanges` encodes them. */
  readonly transactions: readonly { readonly time: bigint; readonly changes: Buffer }[];
  readonly timeout: number;
}

export interface StreamRequest10 {
  readonly kind: 'stream';
  readonly secret: string | undefined;
  readonly body: string | undefined;
}

export interface StreamRequest {
  readonly secret: string | undefined;
  readonly query: string | undefined;
  readonly apiVersion?: ApiVersion;
  /** The parameter `fields` as sent. */
  readonly fields: string | undefined;
  readonly timeout: number;
}

/** The outcome of a query; `hurried`: its timeout was too short. The HTTP layer knows the status for each. */
export type Outcome =
  | 'done'
  | 'created'
  | 'unauthorized'
  | 'timed out'
  | 'contended'
  | 'hurried'
  | 'wrong method'
  | FailureKind;

/** Whether a transaction was committed. */
export function hasSucceeded(outcome: Outcome): boolean {
  return outcome === 'done' || outcome === 'created';
}

/** The answer to a query, before it is sent. */
export interface Answer {
  readonly outcome: Outcome;
  /** JSON. */
  readonly body: string;
  /** The body in UTF-8, if another process has written a long one; `body` is empty then. */
  readonly bytes?: Buffer;
  /** The transaction's time, in µs. */
  readonly transactionTime: bigint;
  readonly cost: Cost;
  /** Settles when the answer may be sent; `undefined` if it may be sent now. Rejects if the disk refuses the write. */
  readonly durable: Promise<void> | undefined;
}

/** The cost of a query, as response headers report it. */
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
  /** The events, until the stream ends: after an error event, or when the consumer aborts `signal`. */
  events(signal: AbortSignal): AsyncIterable<string>;
}
