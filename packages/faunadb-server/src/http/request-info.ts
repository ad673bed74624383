import { parseInteger } from '@supertokens-faunadb/java/numbers';
import { type ApiVersion, apiVersionOf, DEFAULT_VERSION } from '../values/api-version.js';
import { badRequest, type Refusal } from './error-answers.js';
import type { Exchange } from './exchange.js';

/** What the headers of a request ask for. */
export interface RequestInfo {
  readonly apiVersion: ApiVersion;
  /** How long the evaluation may take, in ms. */
  readonly timeout: number;
  /** The labels of `x-fauna-tags`, in the form that the answer repeats them. */
  readonly tags: string | undefined;
  readonly pretty: boolean;
}

const MAX_TIMEOUT = 600_000;
const DEFAULT_TIMEOUT = 120_000;
const MAX_RETRIES = 7;

/** An invalid header. */
interface Fault {
  readonly refusal: Refusal;
  /** Set if the answer has the headers of a transaction nevertheless. */
  readonly info?: RequestInfo;
}

/** Reads the headers that all paths share, checking them in FaunaDB's order. */
export function requestInfo(exchange: Exchange, longestTimeout = MAX_TIMEOUT): RequestInfo | Fault {
  const version = exchange.header('x-faunadb-api-version');
  const apiVersion = version === undefined ? DEFAULT_VERSION : apiVersionOf(version);
  if (apiVersion === undefined) {
    return invalid('x-faunadb-api-version', `Unsupported or invalid API version '${version}'.`);
  }
  const lastSeen = exchange.header('x-last-seen-txn');
  // One process has no replicas that lag behind: every answer includes whatever the client has seen.
  if (lastSeen !== undefined && parseInteger(lastSeen) === undefined) {
    return invalid('x-last-seen-txn', `Invalid timestamp '${lastSeen}'.`);
  }
  let timeout = DEFAULT_TIMEOUT;
  const timeoutText = exchange.header('x-query-timeout');
  if (timeoutText !== undefined) {
    const given = parseInteger(timeoutText);
    if (given === undefined) return invalid('x-query-timeout', `Invalid number '${timeoutText}'.`);
    if (given <= 0n) return invalid('x-query-timeout', 'Must be greater than 0.');
    if (given > MAX_TIMEOUT) return invalid('x-query-timeout', `Must be less than or equal to ${MAX_TIMEOUT}.`);
    timeout = Number(given);
  }
  const retries = exchange.header('x-max-retries-on-contention');
  if (retries !== undefined) {
    // Transactions run one after another, so none is retried.
    const given = parseInteger(retries);
    if (given === undefined || given > 2147483647n || given < -2147483648n) {
      return invalid('x-max-retries-on-contention', `Invalid number '${retries}'.`);
    }
    if (given < 0n || given > MAX_RETRIES) {
      return invalid('x-max-retries-on-contention', `Must be between 0 and ${MAX_RETRIES}.`);
    }
  }
  const tags = readTags(exchange.header('x-fauna-tags'));
  const info = {
    apiVersion,
    timeout: Math.min(timeout, longestTimeout),
    tags: tags.rendered,
    pretty: isForPeople(exchange),
  };
  return tags.fault === undefined ? info : { ...invalid('x-fauna-tags', tags.fault), info };
}

function invalid(header: string, fault: string): Fault {
  return { refusal: badRequest(`Invalid header '${header}': ${fault}`) };
}

const MAX_TAGS_BYTES = 3000;
const MAX_TAGS = 25;
const MAX_TAG_KEY = 40;
const MAX_TAG_VALUE = 80;

/** Reads a request's labels, which the answer repeats. */
export function readTags(header: string | undefined): { fault?: string; rendered?: string } {
  if (header === undefined || header === '') return {};
  if (Buffer.byteLength(header) > MAX_TAGS_BYTES) return { fault: 'header is too long' };
  if (!/^\w+=\w+(,\w+=\w+)*$/.test(header)) return { fault: 'invalid tags' };
  // FaunaDB parses them and returns them in reverse order.
  const tags = header.split(',').reverse();
  if (tags.length > MAX_TAGS) return { fault: 'too many tags' };
  const seen = new Set<string>();
  for (const tag of tags) {
    const [key, value] = tag.split('=') as [string, string];
    if (key.length > MAX_TAG_KEY) return { fault: 'invalid key' };
    if (value.length > MAX_TAG_VALUE) return { fault: 'invalid value' };
    if (seen.has(key)) return { fault: 'duplicate key' };
    seen.add(key);
  }
  return { rendered: tags.join(',') };
}

/** Whether a person is likely to read the answer in a terminal, so that it is indented. */
function isForPeople(exchange: Exchange): boolean {
  const agent = exchange.header('user-agent') ?? '';
  return (
    agent.includes('curl') || agent.includes('HTTPie') || exchange.header('x-faunadb-formatted-json') !== undefined
  );
}
