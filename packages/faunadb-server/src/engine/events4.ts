// Streams of FQL v4.

import type { ChangeLog } from '../model/base/changes.js';
import type { QueryContext } from '../query/context.js';
import type { Language } from '../query/language.js';
import type { ApiVersion } from '../values/api-version.js';
import { objectOf } from '../values/objects.js';
import type { ObjectValue } from '../values/values.js';
import type { StreamRequest } from './engine.js';
import { languageOf } from './languages.js';
import type { OpenedStream } from './stream-life.js';
import { eventsOf, mayWatch, type StreamEvent } from './streams/events.js';
import { type EventField, parseFields } from './streams/fields.js';
import type { EndOfStream, StreamView } from './streams/report.js';
import { type StreamSource, streamSource } from './streams/stream-source.js';

/** What a stream shows, and how. */
interface Shape {
  readonly source: StreamSource;
  readonly fields: ReadonlySet<EventField>;
  /** The language that its events are written in. */
  readonly language: Language;
  readonly apiVersion: ApiVersion;
}

const ERRORS: Readonly<Record<EndOfStream, string>> = {
  unauthorized: '{"code":"permission denied","description":"Authorization lost during stream evaluation."}',
  congested: '{"code":"time out","description":"Stream closed due to congestion: its client does not read."}',
  failed: '{"code":"internal server error","description":"The event could not be told."}',
};

/** Opens a stream of a document or a set. @throws {Failure | QueryEnded} */
export function openStream4(context: QueryContext, request: StreamRequest): OpenedStream {
  const { apiVersion } = context;
  const fields = parseFields(request.fields);
  const language = languageOf(apiVersion);
  const source = streamSource(language.parse(request.query, apiVersion).evaluate(context));
  return {
    view: view4({ source, fields, language, apiVersion }),
    found: { ...request, query: resourceOf(language.answer(source, context)) },
    first: startEvent,
  };
}

const view4 = (shape: Shape): StreamView => ({
  events: (context, log, time) => shownEvents(context, shape, log, time),
  end: (why, time) => eventText('error', time, ERRORS[why]),
});

/** The text of an answer's resource, which is missing if nothing of it can be named. */
function resourceOf(body: string): string {
  const at = body.indexOf(':');
  return at < 0 ? 'null' : body.slice(at + 1, -1);
}

/** The first event of a stream. */
const startEvent = (time: bigint): string => eventText('start', time, String(time));

function* shownEvents(context: QueryContext, shape: Shape, log: ChangeLog, time: bigint): Generator<string> {
  const { source, fields, language, apiVersion } = shape;
  for (const event of eventsOf(context, source, log)) {
    if (!mayWatch(context, source, event)) continue;
    yield eventText(event.type, time, language.renderEvent(chosen(event, fields), context, time, apiVersion));
  }
}

function chosen({ fields }: StreamEvent, names: ReadonlySet<EventField>): ObjectValue {
  return objectOf(Object.fromEntries(Object.entries(fields).filter(([name]) => names.has(name as EventField))));
}

function eventText(type: StreamEvent['type'] | 'start' | 'error', time: bigint, event: string): string {
  return `{"type":"${type}","txn":${time},"event":${event}}`;
}
