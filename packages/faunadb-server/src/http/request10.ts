import { parseInteger } from '@supertokens-faunadb/java/numbers';
import type { Format10 } from '../engine/engine.js';
import type { Exchange } from './exchange.js';
import { readTags } from './request-info.js';

/** What the headers of a request to FQL v10's endpoint ask for. */
export interface RequestInfo10 {
  readonly format: Format10;
  readonly typecheck: boolean | undefined;
  readonly performanceHints: boolean;
  readonly lastSeen: bigint | undefined;
  /** How long the evaluation may take, in ms. */
  readonly timeout: number;
  readonly tags: string | undefined;
}

const FORMATS: readonly string[] = ['simple', 'tagged', 'decorated'];
const MAX_TIMEOUT = 600_000;
/** How long an evaluation may take unless the request says otherwise, in ms. */
export const DEFAULT_TIMEOUT = 120_000;
const MAX_RETRIES = 7;

/** An invalid header; `tags` unless they are the problem. */
export interface Fault10 {
  readonly fault: string;
}

class Wrong extends Error {}

/** Reads FQL v10's headers, checking them in FaunaDB's order. */
export function requestInfo10(exchange: Exchange, longestTimeout = MAX_TIMEOUT): RequestInfo10 | Fault10 {
  try {
    return read(exchange, longestTimeout);
  } catch (error) {
    if (error instanceof Wrong) return { fault: error.message };
    throw error;
  }
}

/** How long the evaluation of a request for events may take, in ms; its other headers mean nothing. */
export function feedTimeout10(exchange: Exchange, longestTimeout = MAX_TIMEOUT): number | Fault10 {
  try {
    lastSeenOf(exchange);
    const timeout = timeoutOf(exchange);
    checkRetries(exchange);
    return Math.min(timeout, longestTimeout);
  } catch (error) {
    if (error instanceof Wrong) return { fault: `Invalid headers: ${error.message}` };
    throw error;
  }
}

const wrong = (header: string, fault: string) => new Wrong(`Invalid header '${header}': ${fault}`);

function read(exchange: Exchange, longestTimeout: number): RequestInfo10 {
  const tags = readTags(exchange.header('x-query-tags'));
  if (tags.fault !== undefined) throw wrong('x-query-tags', tags.fault);
  const lastSeen = lastSeenOf(exchange);
  const timeout = timeoutOf(exchange);
  checkRetries(exchange);
  const format = exchange.header('x-format') ?? 'simple';
  if (!FORMATS.includes(format)) throw wrong('x-format', `Invalid format ${format}`);
  const typecheck = flag(exchange, 'x-typecheck');
  flag(exchange, 'x-linearized');
  return {
    format: format as Format10,
    typecheck,
    performanceHints: flag(exchange, 'x-performance-hints') ?? false,
    lastSeen,
    timeout: Math.min(timeout, longestTimeout),
    tags: tags.rendered,
  };
}

function lastSeenOf(exchange: Exchange): bigint | undefined {
  const text = exchange.header('x-last-txn-ts');
  const lastSeen = text === undefined ? undefined : parseInteger(text);
  if (text !== undefined && lastSeen === undefined) throw wrong('x-last-txn-ts', `Invalid timestamp '${text}'.`);
  return lastSeen;
}

/** In ms. */
function timeoutOf(exchange: Exchange): number {
  const timeout = integer(exchange, 'x-query-timeout-ms');
  if (timeout !== undefined && timeout <= 0n) throw wrong('x-query-timeout-ms', 'Must be greater than 0.');
  if (timeout !== undefined && timeout > MAX_TIMEOUT) {
    throw wrong('x-query-timeout-ms', `Must be less than or equal to ${MAX_TIMEOUT}.`);
  }
  return Number(timeout ?? DEFAULT_TIMEOUT);
}

function checkRetries(exchange: Exchange): void {
  const retries = integer(exchange, 'x-max-contention-retries', 31n);
  if (retries !== undefined && (retries < 0n || retries > MAX_RETRIES)) {
    throw wrong('x-max-contention-retries', `Must be between 0 and ${MAX_RETRIES}.`);
  }
}

function integer(exchange: Exchange, header: string, bits = 63n): bigint | undefined {
  const text = exchange.header(header);
  if (text === undefined) return undefined;
  const value = parseInteger(text);
  if (value === undefined || value >= 1n << bits || value < -(1n << bits))
    throw wrong(header, `Invalid number '${text}'.`);
  return value;
}

function flag(exchange: Exchange, header: string): boolean | undefined {
  const text = exchange.header(header)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw wrong(header, 'Must be a boolean value.');
  return text === 'true';
}
