// Queries in FQL v10: the envelope of an answer around the language's result.
import { answerQuery, type ParsedRequest } from '../fql10/fql10.js';
import { RequestFailure, readQueryBody } from '../fql10/wire/body.js';
import type { QueryContext } from '../query/context.js';
import { Failure } from '../values/failure.js';
import type { Cost, QueryRequest10 } from './engine.js';
import type { Evaluated10, Evaluation10 } from './evaluation10.js';
import { protocolError10 } from './refusal10.js';

/** What a request to `/query/1` specifies besides its query. */
export interface Envelope10 {
  /** In the form that the answer repeats them. */
  readonly tags: string | undefined;
  /** The latest transaction time that the client has seen, in µs: no answer is older. */
  readonly lastSeen: bigint | undefined;
}

/** Parses a request to `/query/1`. @throws {RequestFailure} */
export function prepareQuery(request: QueryRequest10): Evaluation10 {
  const body = readQueryBody(request.body);
  return (host, began) => evaluateQuery(host, { ...request, body }, began);
}

function evaluateQuery(host: QueryContext, request: ParsedRequest & Envelope10, began: number): Evaluated10 {
  try {
    const { isOk, fields, summary } = answerQuery(host, request);
    return {
      outcome: isOk ? 'done' : 'invalid',
      body: (cost) => `{${fields},"summary":${JSON.stringify(summary)},${trailer(host, request, cost, began)}}`,
    };
  } catch (error) {
    if (!(error instanceof RequestFailure) && !(error instanceof Failure)) throw error;
    return { outcome: 'invalid', body: () => protocolError10('invalid_request', error.message, request) };
  }
}

function trailer(host: QueryContext, { tags, lastSeen }: Envelope10, cost: Cost, began: number): string {
  const { model, auth } = host;
  const { writeTime } = model.keys;
  const time = lastSeen !== undefined && lastSeen > writeTime ? lastSeen : writeTime;
  const stats = {
    compute_ops: cost.computeOps,
    read_ops: cost.byteReadOps,
    write_ops: cost.byteWriteOps,
    query_time_ms: Math.round(performance.now() - began),
    contention_retries: 0,
    storage_bytes_read: cost.storageBytesRead,
    storage_bytes_write: cost.storageBytesWrite,
    rate_limits_hit: [],
  };
  const tagged = tags === undefined ? '' : `"query_tags":${JSON.stringify(tags)},`;
  const version = model.committedSchema(auth.scope).version;
  return `"txn_ts":${time},"stats":${JSON.stringify(stats)},${tagged}"schema_version":${version}`;
}
