import type { ChangeLog } from '../../model/base/changes.js';
import type { QueryContext } from '../../query/context.js';
import type { Language } from '../../query/language.js';
import type { ApiVersion } from '../../values/api-version.js';
import { NATIVE } from '../../values/ids.js';
import { objectOf } from '../../values/objects.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import { type EventQueue, EventQueues } from './event-queue.js';
import { eventsOf, mayWatch, type StreamEvent } from './events.js';
import type { EventField } from './fields.js';
import type { StreamSource } from './stream-source.js';

/** One stream. */
export interface Watch {
  readonly source: StreamSource;
  readonly fields: ReadonlySet<EventField>;
  /** The language that its events are written in. */
  readonly language: Language;
  readonly apiVersion: ApiVersion;
  /** The time of the transaction in which the stream began, in µs: it reports later ones. */
  readonly since: bigint;
  /**
   * Runs `work` with the stream's rights in the state after everything so far; with `undefined` if its secret no longer
   * opens the database, or no longer in the same way.
   */
  readonly acting: (work: (context: QueryContext | undefined) => void) => void;
  /** Whether the stream may have to end when this document changes, even if it does not report the change. */
  readonly dependsOn: (ref: Ref) => boolean;
}

/** How long it works before other requests are served, in ms. */
const SLICE = 5;

/** How often to check streams whose secret may expire while nothing happens, in ms. */
const REVALIDATION_INTERVAL = 1_000;

/** The documents that decide who may do what: a stream ends when they change. */
const DECISIVE: ReadonlySet<number> = new Set([NATIVE.tokens, NATIVE.keys, NATIVE.roles]);

const AUTHORIZATION_LOST = '{"code":"permission denied","description":"Authorization lost during stream evaluation."}';

const CONGESTED = '{"code":"time out","description":"Stream closed due to congestion: its client does not read."}';

const INTERNAL_ERROR = '{"code":"internal server error","description":"The event could not be read."}';

/** All streams, and their events. */
export class StreamHub {
  readonly #watches = new Map<Watch, EventQueue>();
  readonly #queues = new EventQueues(() => eventText('error', this.#now(), CONGESTED));
  /** The events to find, in the order of the transactions. */
  readonly #work: Generator<void>[] = [];
  #timer: NodeJS.Timeout | undefined;

  readonly #clock: () => number;

  /** @param clock returns the current time in ms */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Whether transactions must record their changes. */
  get isWatched(): boolean {
    return this.#watches.size > 0;
  }

  /** Opens a stream; it ends when `signal` is aborted, or when its secret loses its rights. */
  open(watch: Watch): (signal: AbortSignal) => AsyncIterable<string> {
    const queue = this.#queues.open();
    queue.push(eventText('start', watch.since, String(watch.since)));
    this.#watches.set(watch, queue);
    this.#timer ??= setInterval(() => this.#revalidate(), REVALIDATION_INTERVAL).unref();
    return (signal) => {
      const close = () => this.#close(watch);
      if (signal.aborted) close();
      else signal.addEventListener('abort', close, { once: true });
      return queue.events();
    };
  }

  /** Reports a transaction's changes once they are durable. */
  publish(log: ChangeLog, time: bigint): void {
    this.#begin(this.#send(log, time));
  }

  *#send(log: ChangeLog, time: bigint): Generator<void> {
    const decisive = [...log.changes].filter(({ ref, before }) => before && DECISIVE.has(ref.collection));
    for (const [watch, queue] of this.#watches) {
      if (queue.isOver) this.#close(watch);
      else if (watch.since < time) {
        this.#act(watch, time, (context) => {
          for (const event of shownEvents(context, watch, log, time)) queue.push(event);
        });
      }
      if (decisive.some(({ ref }) => watch.dependsOn(ref))) this.#act(watch, time, () => {});
      yield;
    }
  }

  /** Does work in slices, after all earlier work, so that other requests are served in between. */
  #begin(work: Generator<void>): void {
    this.#work.push(work);
    if (this.#work.length === 1) this.#goOn();
  }

  #goOn(): void {
    const until = performance.now() + SLICE;
    for (let work = this.#work[0]; work; work = this.#work[0]) {
      if (work.next().done) this.#work.shift();
      if (performance.now() < until) continue;
      setImmediate(() => this.#goOn());
      return;
    }
  }

  endAll(): void {
    for (const watch of this.#watches.keys()) this.#close(watch);
  }

  /** In µs. */
  #now(): bigint {
    return BigInt(this.#clock()) * 1000n;
  }

  #revalidate(): void {
    // Other work checks the streams as well; otherwise do it now.
    if (this.#work.length === 0) this.#begin(this.#revalidateAll(this.#now()));
  }

  *#revalidateAll(time: bigint): Generator<void> {
    for (const watch of this.#watches.keys()) {
      this.#act(watch, time, () => {});
      yield;
    }
  }

  /** Acts with the rights of a stream. An error ends only that stream. */
  #act(watch: Watch, time: bigint, work: (context: QueryContext) => void): void {
    try {
      watch.acting((context) => {
        if (context) work(context);
        else this.#fail(watch, time, AUTHORIZATION_LOST);
      });
    } catch {
      this.#fail(watch, time, INTERNAL_ERROR);
    }
  }

  #fail(watch: Watch, time: bigint, error: string): void {
    this.#watches.get(watch)?.push(eventText('error', time, error));
    this.#close(watch);
  }

  #close(watch: Watch): void {
    this.#watches.get(watch)?.end();
    this.#watches.delete(watch);
    if (this.#watches.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function* shownEvents(context: QueryContext, watch: Watch, log: ChangeLog, time: bigint): Generator<string> {
  for (const event of eventsOf(context, watch.source, log)) {
    if (!mayWatch(context, watch.source, event)) continue;
    yield eventText(
      event.type,
      time,
      watch.language.renderEvent(chosen(event, watch.fields), context, time, watch.apiVersion),
    );
  }
}

function chosen({ fields }: StreamEvent, names: ReadonlySet<EventField>): ObjectValue {
  return objectOf(Object.fromEntries(Object.entries(fields).filter(([name]) => names.has(name as EventField))));
}

function eventText(type: StreamEvent['type'] | 'start' | 'error', time: bigint, event: string): string {
  return `{"type":"${type}","txn":${time},"event":${event}}`;
}
