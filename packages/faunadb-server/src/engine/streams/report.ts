// What a stream reports of transactions, in whichever process that is found.
import type { ChangeLog } from '../../model/base/changes.js';
import type { QueryContext } from '../../query/context.js';

/** Why a stream ends before its client closes it. */
export type EndOfStream = 'unauthorized' | 'congested' | 'failed';

/** What a stream shows, in either language. */
export interface StreamView {
  /** The events of a transaction, with the rights of the context. @throws {LastEvent} if the stream ends with it */
  readonly events: (context: QueryContext, log: ChangeLog, time: bigint) => Iterable<string>;
  /** The last event of a stream that ends. */
  readonly end: (why: EndOfStream, time: bigint) => string;
  /** What a stream reports now and then: that it has reported everything until a time in µs. */
  readonly status?: (time: bigint) => string;
}

/** Thrown to end a stream with an event. */
export class LastEvent {
  constructor(readonly text: string) {}
}

/** A transaction that streams are told of. */
export interface Published {
  readonly log: ChangeLog;
  /** In µs. */
  readonly time: bigint;
}

/** The events of transactions, each a JSON text. */
export interface StreamReport {
  readonly events: readonly string[];
  /** How many of the transactions it is about: the others are left for the next report. */
  readonly reported: number;
  /** Whether the stream ends with these events. */
  readonly isOver: boolean;
}

/** How much one report holds, in characters, plus one event that may be larger: no stream may have more waiting. */
const MAX_SIZE = 1 << 20;
/** A report that has taken this long, in ms, leaves further transactions for the next one. */
const LONG = 1_000;

/**
 * What a stream reports of transactions, in their order. The report ends before one that fails, or that leaves it no time.
 *
 * @throws {unknown} if the first one fails
 */
export function reportOf(context: QueryContext, view: StreamView, transactions: readonly Published[]): StreamReport {
  const deadline = performance.now() + LONG;
  const events: string[] = [];
  let size = 0;
  for (const [reported, { log, time }] of transactions.entries()) {
    if (performance.now() > deadline) return { events, reported, isOver: false };
    const before = events.length;
    try {
      for (const event of view.events(context, log, time)) {
        events.push(event);
        size += event.length;
        if (size > MAX_SIZE && events.length > 1) throw new LastEvent(view.end('congested', time));
      }
    } catch (error) {
      if (reported > 0) return { events: events.slice(0, before), reported, isOver: false };
      if (error instanceof LastEvent) return { events: [...events, error.text], reported, isOver: true };
      throw error;
    }
  }
  return { events, reported: transactions.length, isOver: false };
}

/** What another process says of a stream. */
export interface ReportApart extends StreamReport {
  /** The roles that its secret has now. */
  readonly roles: readonly bigint[];
}

/** Events have no line breaks, being JSON: they are cheaper to part than to parse. */
export function encodeReport({ events, roles, ...rest }: ReportApart): string {
  return [JSON.stringify({ ...rest, roles: roles.map(String) }), ...events].join('\n');
}

export function decodeReport(text: string): ReportApart {
  const [head = '', ...events] = text.split('\n');
  const { reported, isOver, roles } = JSON.parse(head) as { reported: number; isOver: boolean; roles: string[] };
  return { events, reported, isOver, roles: roles.map(BigInt) };
}
