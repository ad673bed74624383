// Events of FQL v10: pages of feeds, and streams.

import { RuntimeFailure } from '../fql10/evaluate/failures.js';
import { changesOf } from '../fql10/events/changes.js';
import { encodeEventCursor } from '../fql10/events/cursor.js';
import { errorText, Shown, statusText, streamContext } from '../fql10/events/event.js';
import { type EventPage, readEvents } from '../fql10/events/feed.js';
import { type EventRequest, readFeedBody, readStreamBody } from '../fql10/events/request.js';
import { Meter } from '../fql10/events/stats.js';
import { NotAnExpression } from '../fql10/parse/codec.js';
import { evaluateEventSource, knownEventSource } from '../fql10/sets/event-source.js';
import { RequestFailure } from '../fql10/wire/body.js';
import type { ChangeLog } from '../model/base/changes.js';
import type { QueryContext } from '../query/context.js';
import type { Answer, EventsRequest10, StreamRequest10 } from './engine.js';
import { type Evaluation10, type Fault10, orFault } from './evaluation10.js';
import { protocolError10 } from './refusal10.js';
import type { OpenedStream } from './stream-life.js';
import { type EndOfStream, LastEvent } from './streams/report.js';

/** The most changes that a stream reports from before it was opened. */
const MAX_REPLAYED = 128;
/** The part of a request's time in which events are looked for. */
const TIME_TO_READ = 0.95;

/** Parses a request for past events. @throws {RequestFailure} */
export function prepareEvents(request: EventsRequest10): Evaluation10 {
  const isFeed = request.kind === 'feed';
  const body = isFeed ? readFeedBody(request.body) : { ...readStreamBody(request.body), pageSize: MAX_REPLAYED };
  return (host, began) => {
    const meter = new Meter(host);
    const page = orFault(() =>
      readEvents(host, shownBy(host, body, isFeed ? 'event source' : 'stream'), {
        from: body.from ?? { time: body.source.start, ordinal: 0 },
        size: body.pageSize,
        counted: isFeed ? 'events' : 'changes',
        until: request.until,
        deadline: began + request.timeout * TIME_TO_READ,
      }),
    );
    if ('fault' in page) {
      return { outcome: 'invalid', body: () => protocolError10('invalid_request', page.fault, request) };
    }
    return { outcome: 'done', body: () => (isFeed ? feedText(page, meter.stats()) : JSON.stringify(replayed(page))) };
  };
}

function feedText({ events, next, hasNext }: EventPage, stats: string): string {
  const texts = events.map(({ text }) => text).join(',');
  return `{"events":[${texts}],"cursor":"${encodeEventCursor(next)}","has_next":${hasNext},"stats":${stats}}`;
}

/** What a stream reports first, and whether it ends then. */
interface Replayed {
  readonly texts: readonly string[];
  readonly isOver: boolean;
}

function replayed({ events, hasNext }: EventPage): Replayed {
  const texts = events.map(({ text }) => text);
  if (events.at(-1)?.isError === true) return { texts, isOver: true };
  if (!hasNext) return { texts, isOver: false };
  const message = 'Too many events to replay. Recreate the stream and try again.';
  return { texts: [...texts, errorText('stream_replay_volume_exceeded', message)], isOver: true };
}

/** Evaluates the source that a client presents, with its rights. @throws {RequestFailure} */
function shownBy(host: QueryContext, { source }: EventRequest, name: string, evaluate = evaluateEventSource): Shown {
  try {
    return new Shown(evaluate(streamContext(host), source));
  } catch (error) {
    if (error instanceof RuntimeFailure) {
      throw new RequestFailure(`Error evaluating provided ${name}, ${error.message}`);
    }
    const isTooDeep = error instanceof RangeError && error.message.includes('call stack');
    if (!isTooDeep && !(error instanceof NotAnExpression)) throw error;
    throw new RequestFailure(`Invalid request body: invalid event source provided${name === 'stream' ? '' : '.'}`);
  }
}

const ENDS: Readonly<Record<EndOfStream, string>> = {
  unauthorized: errorText('permission_loss', 'Stream authentication is no longer valid.'),
  congested: errorText('stream_overflow', 'Too many events to process.'),
  failed: errorText('internal_error', 'Finding the next event failed, or took too long.'),
};

/**
 * Parses a request for a stream.
 *
 * @param isKnown whether it was evaluated before, with the same rights
 */
export function prepareStream(
  request: StreamRequest10,
  isKnown: boolean,
): Fault10 | ((host: QueryContext) => OpenedStream | Fault10) {
  const parsed = orFault(() => readStreamBody(request.body));
  if ('fault' in parsed) return parsed;
  return (host) => orFault(() => ({ ...openStream(host, parsed, isKnown), found: request }));
}

function openStream(host: QueryContext, request: EventRequest, isKnown: boolean): Omit<OpenedStream, 'found'> {
  const { source, from } = request;
  if (from !== undefined && from.time < source.start) {
    throw new RequestFailure('Invalid stream start time: Stream start time can not be before the stream create time.');
  }
  const meter = new Meter(host);
  const shown = shownBy(host, request, 'stream', isKnown ? knownEventSource : evaluateEventSource);
  const first = statusText(from?.time ?? source.start, meter.stats());
  return {
    view: {
      events: (context, log, time) => eventsOf(context, shown, log, time),
      end: (why) => ENDS[why],
      status: (time) => statusText(time),
    },
    events: (past, live) => allEvents(first, past, live),
  };
}

async function* allEvents(
  first: string,
  past: () => Answer | Promise<Answer>,
  live: AsyncIterable<string>,
): AsyncGenerator<string> {
  const reading = Promise.resolve(past());
  reading.catch(() => {}); // Thrown below, unless nobody reads that far.
  yield first;
  const answer = await reading;
  await answer.durable;
  if (answer.outcome === 'done') {
    const { texts, isOver } = JSON.parse(answer.bytes?.toString() ?? answer.body) as Replayed;
    yield* texts;
    if (!isOver) yield* live;
  } else if (answer.outcome === 'unauthorized') yield ENDS.unauthorized;
  else {
    const { error } = JSON.parse(answer.body) as { error: { code: string; message: string } };
    yield errorText(error.code, error.message);
  }
}

function* eventsOf(host: QueryContext, shown: Shown, log: ChangeLog, time: bigint): Generator<string> {
  for (const change of changesOf(host, shown.origin, log, time)) {
    const event = shown.event(host, change);
    if (event?.isError) throw new LastEvent(event.text);
    if (event) yield event.text;
  }
}
