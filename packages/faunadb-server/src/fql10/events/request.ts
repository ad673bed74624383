// Requests for events: of a feed, and of a stream.
import { doubleText } from '@supertokens-faunadb/java/numbers';
import { JsonError, type JsonValue, parseJson } from '../../values/json.js';
import { ObjectValue } from '../../values/values.js';
import { parseEventSource, type SourceText } from '../sets/event-source.js';
import { RequestFailure } from '../wire/body.js';
import { decodeEventCursor, type EventCursor, LAST_ORDINAL } from './cursor.js';

export interface EventRequest {
  readonly source: SourceText;
  /** Where to begin, if not where the source was made. */
  readonly from: EventCursor | undefined;
}

export interface FeedBody extends EventRequest {
  readonly pageSize: number;
}

const DEFAULT_PAGE = 16;
const MAX_PAGE = 16_000;
const MAX_LONG = 2n ** 63n;

const invalid = (detail: string) => new RequestFailure(`Invalid request body: ${detail}`);

/** Parses the body of `/feed/1`. @throws {RequestFailure} */
export function readFeedBody(text: string | undefined): FeedBody {
  const fields = fieldsOf(text, ['token', 'start_ts', 'cursor', 'page_size']);
  // A time alone is before all but the first event of its transaction.
  const request = eventRequest(fields, 0, '.');
  const size = (fields.page_size as bigint | undefined) ?? DEFAULT_PAGE;
  if (size <= 0) throw invalid('page size must be greater than zero.');
  if (size > MAX_PAGE) throw invalid(`page size can not be greater than ${MAX_PAGE}.`);
  return { ...request, pageSize: Number(size) };
}

/** Parses the body of `/stream/1`. @throws {RequestFailure} */
export function readStreamBody(text: string | undefined): EventRequest {
  return eventRequest(fieldsOf(text, ['token', 'start_ts', 'cursor']), LAST_ORDINAL, '');
}

type Fields = Readonly<Record<string, JsonValue | undefined>>;

function eventRequest({ token, start_ts, cursor }: Fields, ordinal: number, end: string): EventRequest {
  if (start_ts !== undefined && cursor !== undefined) {
    throw invalid(`can not provide both \`start_ts\` and \`cursor\`${end}`);
  }
  const source = parseEventSource(token as string);
  if (source === undefined) throw invalid(`invalid event source provided${end}`);
  if (start_ts !== undefined) return { source, from: { time: start_ts as bigint, ordinal } };
  if (cursor === undefined) return { source, from: undefined };
  const from = decodeEventCursor(cursor as string);
  if (from === undefined) throw invalid(`invalid event cursor provided${end}`);
  return { source, from };
}

const TEXTS: readonly string[] = ['token', 'cursor'];

/** The known fields of a request, each of its type; unknown ones are ignored. */
function fieldsOf(text: string | undefined, known: readonly string[]): Fields {
  if (text === undefined || text === '') throw new RequestFailure('No request body provided');
  const json = parsed(text);
  if (!(json instanceof ObjectValue)) throw unexpected(json);
  const fields: Record<string, JsonValue> = {};
  for (const [name, value] of json.fields as ReadonlyMap<string, JsonValue>) {
    if (!known.includes(name)) continue;
    const isRight = TEXTS.includes(name) ? typeof value === 'string' : typeof value === 'bigint';
    if (!isRight || (typeof value === 'bigint' && (value >= MAX_LONG || value < -MAX_LONG))) throw unexpected(value);
    fields[name] = value;
  }
  if (fields.token === undefined) throw invalid('Value for key token not found.');
  return fields;
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError)
      throw invalid(error.reason === 'depth' ? 'JSON exceeds nesting limit' : 'Invalid JSON.');
    throw error;
  }
}

function unexpected(value: JsonValue): RequestFailure {
  return invalid(`Unexpected ${described(value)} value${shown(value)}.`);
}

function described(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return 'string';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return 'float';
  return Array.isArray(value) ? 'array' : 'object';
}

function shown(value: JsonValue): string {
  if (typeof value === 'string') return ` '${value}'`;
  if (typeof value === 'bigint') return ` ${value}`;
  return typeof value === 'number' ? ` ${doubleText(value)}` : '';
}
