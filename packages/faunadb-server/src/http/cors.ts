import type { Exchange, ResponseHeaders } from './exchange.js';

const ALLOWED_HEADERS = [
  'accept-encoding',
  'authorization',
  'content-type',
  'x-driver-env',
  'x-faunadb-api-version',
  'x-fauna-driver',
  'x-fauna-source',
  'x-fauna-tags',
  'x-format',
  'x-last-seen-txn',
  'x-last-txn-ts',
  'x-linearized',
  'x-max-contention-retries',
  'x-max-retries-on-contention',
  'x-query-tags',
  'x-query-timeout',
  'x-query-timeout-ms',
  'x-runtime-environment',
  'x-runtime-environment-os',
  'x-nodejs-version',
  'traceparent',
  'x-typecheck',
  'x-performance-hints',
].join(', ');

const DAY = 86_400;

/** Whether a request is a browser's CORS preflight. */
export function isPreflight(exchange: Exchange): boolean {
  return exchange.method === 'OPTIONS' && exchange.header('origin') !== undefined;
}

/**
 * Lets pages of every origin read the answer: only the secret decides what a request may do, and there is no cookie
 * that a foreign page could use.
 */
export function addCorsHeaders(exchange: Exchange, headers: ResponseHeaders): void {
  const origin = exchange.header('origin');
  if (origin === undefined) return;
  const exposed = Object.keys(headers).filter((name) => name !== 'x-faunadb-build' && !name.startsWith('content-'));
  headers['access-control-allow-origin'] = origin;
  headers['access-control-allow-credentials'] = 'true';
  if (exchange.method === 'OPTIONS') {
    headers['access-control-max-age'] = DAY;
    headers['access-control-allow-headers'] = ALLOWED_HEADERS;
    headers['access-control-allow-methods'] = 'GET, POST, PUT, PATCH, DELETE';
  } else if (exposed.length > 0) headers['access-control-expose-headers'] = exposed.join(', ');
}
