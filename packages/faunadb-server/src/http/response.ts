import type { Answer, Cost, Outcome } from '../engine/engine.js';
import { unauthorized } from './error-answers.js';
import type { ResponseHeaders } from './exchange.js';
import type { RequestInfo } from './request-info.js';

/** What to send: the engine's answer, or one from the HTTP layer itself. */
export interface Reply {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly transactionTime?: bigint;
  readonly cost?: Cost;
  readonly durable?: Promise<void> | undefined;
}

/** The HTTP status for each outcome of a query. */
export const STATUS: Readonly<Record<Outcome, number>> = {
  done: 200,
  created: 201,
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  missing: 404,
  'wrong method': 405,
  contended: 409,
  hurried: 440,
  'timed out': 503,
};

/** Converts the engine's answer to HTTP. */
export function replyOf({ outcome, body, bytes, transactionTime, cost, durable }: Answer): Reply {
  const reply = { status: STATUS[outcome], body: bytes ?? body, transactionTime, cost, durable };
  return outcome === 'unauthorized' ? { ...reply, headers: unauthorized.headers! } : reply;
}

/** The same for FQL v10, which names another authentication scheme. */
export function replyOf10(answer: Answer): Reply {
  const reply = replyOf(answer);
  return answer.outcome === 'unauthorized' ? { ...reply, headers: { 'www-authenticate': 'Bearer' } } : reply;
}

/** The type of every body. */
export const CONTENT_TYPE = 'application/json;charset=utf-8';

const BUILD = 'faunadb-server';
const NOTHING: Cost = { computeOps: 1, byteReadOps: 0, byteWriteOps: 0, storageBytesRead: 0, storageBytesWrite: 0 };

/** The bytes a request transferred, and the time it has taken so far, in ms. */
export interface Traffic {
  readonly elapsed: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/**
 * The headers from which drivers read the time and cost of a transaction.
 *
 * @param info `undefined` if the request's headers were invalid, so that it never became a transaction.
 */
export function responseHeaders(reply: Reply, info: RequestInfo | undefined, traffic: Traffic): ResponseHeaders {
  if (info === undefined) return { 'x-faunadb-build': BUILD, ...reply.headers };
  const headers = transactionHeaders(reply, traffic);
  if (info.tags !== undefined) headers['x-fauna-tags'] = info.tags;
  if (reply.headers) Object.assign(headers, reply.headers);
  return headers;
}

/** Uses object literals so that V8 knows the shape: this runs for every request. */
function transactionHeaders(
  { status, transactionTime, cost = NOTHING }: Reply,
  { elapsed, bytesIn, bytesOut }: Traffic,
): ResponseHeaders {
  const time = timeText(transactionTime);
  if (status === 401 || status === 500) return { 'x-txn-time': time, 'x-faunadb-build': BUILD };
  return {
    'x-txn-time': time,
    'x-compute-ops': cost.computeOps,
    'x-byte-read-ops': cost.byteReadOps,
    'x-byte-write-ops': cost.byteWriteOps,
    'x-query-time': Math.round(elapsed),
    'x-query-bytes-in': bytesIn,
    'x-query-bytes-out': bytesOut,
    'x-storage-bytes-read': cost.storageBytesRead,
    'x-storage-bytes-write': cost.storageBytesWrite,
    'x-txn-retries': 0,
    'x-faunadb-build': BUILD,
  };
}

/** A transaction's time, in µs; the current time if there was none. */
function timeText(time: bigint | undefined): string {
  return time === undefined ? `${Date.now()}000` : time.toString();
}
