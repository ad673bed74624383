import type { ChangeLog } from '../../model/base/changes.js';
import type { QueryContext } from '../../query/context.js';
import { NATIVE } from '../../values/ids.js';
import type { Ref } from '../../values/values.js';
import { type EventQueue, EventQueues } from './event-queue.js';

/** Why a stream ends before its client closes it. */
export type EndOfStream = 'unauthorized' | 'congested' | 'failed';

/** One stream, in either language. */
export interface Watch {
  /** The time of the transaction in which the stream began, in µs: it reports later ones. */
  readonly since: bigint;
  /**
   * Runs `work` with the stream's rights in the state after everything so far; with `undefined` if its secret no longer
   * opens the database, or no longer in the same way. If it takes long to find that, `work` is done later.
   */
  readonly acting: (work: (context: QueryContext | undefined) => void) => void | Promise<void>;
  /** Whether the stream may have to end when this document changes, even if it does not report the change. */
  readonly dependsOn: (ref: Ref) => boolean;
  /** The events of a transaction. @throws {LastEvent} if the stream ends with it */
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

/** How long it works before other requests are served, in ms. */
const SLICE = 5;

/** How many transactions all streams may be behind. */
const MAX_BEHIND = 1_024;

/** How many transactions a stream may be behind, and of how many it reports the events at once. */
const MAX_WAITING = 256;
const MAX_AT_ONCE = 32;

/** How often to check streams whose secret may expire while nothing happens, in ms. */
const REVALIDATION_INTERVAL = 1_000;
/** The same for streams for which that takes long. */
const SLOW_REVALIDATION_INTERVAL = 10_000;

/** The documents that decide who may do what: a stream ends when they change. */
const DECISIVE: ReadonlySet<number> = new Set([NATIVE.tokens, NATIVE.keys, NATIVE.roles]);

/** How often a stream says how far it is, in ms: its clients can only continue where history is still kept. */
const STATUS_INTERVAL = 5 * 60_000;

/** Work with the rights of a stream, about the state at a time in µs. */
interface Task {
  readonly time: bigint;
  readonly work: (context: QueryContext) => void;
}

interface Open {
  readonly queue: EventQueue;
  /** What waits until earlier work with its rights is done; `undefined` if none is under way. */
  waiting: Task[] | undefined;
  /** From when on to check its secret while nothing happens, as `performance.now` counts. */
  checkFrom: number;
  /** How long its events have taken so far, in ms. */
  spent: number;
  /** When its next status is due, as `performance.now` counts. */
  statusDue: number;
}

/** All streams, and their events. */
export class StreamHub {
  readonly #watches = new Map<Watch, Open>();
  readonly #queues = new EventQueues();
  readonly #clock: () => number;
  readonly #settled: () => Promise<bigint>;
  /** The events to find, in the order of the transactions. */
  readonly #work: Generator<void>[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param clock returns the current time in ms
   * @param settled returns a time in µs, once all transactions until then have been published
   */
  constructor(clock: () => number, settled: () => Promise<bigint>) {
    this.#clock = clock;
    this.#settled = settled;
  }

  /** Whether transactions must record their changes. */
  get isWatched(): boolean {
    return this.#watches.size > 0;
  }

  /** Opens a stream, with its first event, if it has one already; it ends when `signal` is aborted, or when its secret loses its rights. */
  open(watch: Watch, first?: string): (signal: AbortSignal) => AsyncIterable<string> {
    const queue = this.#queues.open(() => watch.end('congested', this.#now()));
    if (first !== undefined) queue.push(first);
    this.#watches.set(watch, {
      queue,
      waiting: undefined,
      checkFrom: 0,
      spent: 0,
      statusDue: performance.now() + STATUS_INTERVAL,
    });
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
    if (this.#work.length >= MAX_BEHIND) this.#endCostliest();
    this.#begin(this.#send(log, time));
  }

  *#send(log: ChangeLog, time: bigint): Generator<void> {
    const decisive = [...log.changes].filter(({ ref, before }) => before && DECISIVE.has(ref.collection));
    for (const [watch, { queue }] of this.#watches) {
      if (queue.isOver) this.#close(watch);
      else if (watch.since < time) {
        this.#act(watch, time, (context) => {
          for (const event of watch.events(context, log, time)) queue.push(event);
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
    const began = performance.now();
    for (let work = this.#work[0]; work; work = this.#work[0]) {
      if (work.next().done) this.#work.shift();
      const elapsed = performance.now() - began;
      if (elapsed < SLICE) continue;
      // After a long piece of work, others get as much time.
      if (elapsed < 2 * SLICE) setImmediate(() => this.#goOn());
      else setTimeout(() => this.#goOn(), elapsed);
      return;
    }
  }

  /** Ends the stream whose events have taken most time. */
  #endCostliest(): void {
    const [costliest] = [...this.#watches].sort(([, a], [, b]) => b.spent - a.spent);
    if (costliest) this.#end(costliest[0], costliest[0].end('congested', this.#now()));
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
    const due = this.#dueForStatus();
    if (due.length === 0) return;
    this.#settled().then(
      (time) => this.#begin(this.#reportStatus(due, time)),
      () => {}, // The disk fails: nothing can be said about what is on it.
    );
  }

  /** The streams to report their status now; the next one is due later. */
  #dueForStatus(): readonly Watch[] {
    const at = performance.now();
    const due: Watch[] = [];
    for (const [watch, open] of this.#watches) {
      if (watch.status === undefined || open.statusDue > at) continue;
      open.statusDue = at + STATUS_INTERVAL;
      due.push(watch);
    }
    return due;
  }

  *#reportStatus(due: readonly Watch[], time: bigint): Generator<void> {
    for (const watch of due) {
      if (watch.status !== undefined) this.#watches.get(watch)?.queue.push(watch.status(time));
      yield;
    }
  }

  *#revalidateAll(time: bigint): Generator<void> {
    for (const [watch, { waiting, checkFrom }] of this.#watches) {
      // What is under way checks it, too.
      if (!waiting && performance.now() >= checkFrom) this.#act(watch, time, () => {});
      yield;
    }
  }

  /** Acts with the rights of a stream, after all earlier work for it. */
  #act(watch: Watch, time: bigint, work: (context: QueryContext) => void): void {
    const open = this.#watches.get(watch);
    if (!open) return;
    const task = { time, work };
    if (!open.waiting) this.#actOn(watch, open, [task]);
    else if (open.waiting.push(task) > MAX_WAITING) this.#end(watch, watch.end('congested', time));
  }

  /** An error ends only that stream. */
  #actOn(watch: Watch, open: Open, tasks: readonly Task[]): void {
    const failed = (error: unknown) =>
      this.#end(watch, error instanceof LastEvent ? error.text : watch.end('failed', this.#now()));
    const began = performance.now();
    try {
      const acting = watch.acting((context) => {
        if (!context) this.#end(watch, watch.end('unauthorized', tasks[0]?.time ?? this.#now()));
        else for (const { work } of tasks) work(context);
      });
      if (acting) this.#waitFor(watch, open, acting.catch(failed));
    } catch (error) {
      failed(error);
    } finally {
      open.spent += performance.now() - began;
    }
  }

  /** Collects work for a stream until earlier work for it is done. */
  async #waitFor(watch: Watch, open: Open, acting: Promise<void>): Promise<void> {
    open.waiting = [];
    await acting;
    open.checkFrom = performance.now() + SLOW_REVALIDATION_INTERVAL;
    const tasks = open.waiting;
    open.waiting = undefined;
    if (tasks.length === 0 || !this.#watches.has(watch)) return;
    // The rest is done in slices, too.
    this.#actOn(watch, open, tasks.slice(0, MAX_AT_ONCE));
    for (const { time, work } of tasks.slice(MAX_AT_ONCE)) this.#act(watch, time, work);
  }

  #end(watch: Watch, last: string): void {
    this.#watches.get(watch)?.queue.push(last);
    this.#close(watch);
  }

  #close(watch: Watch): void {
    this.#watches.get(watch)?.queue.end();
    this.#watches.delete(watch);
    if (this.#watches.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
