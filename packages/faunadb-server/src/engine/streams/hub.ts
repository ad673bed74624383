import type { ChangeLog } from '../../model/base/changes.js';
import { type EventQueue, EventQueues } from './event-queue.js';
import type { Published, StreamReport, StreamView } from './report.js';

/** One stream, in either language. */
export interface Watch extends Pick<StreamView, 'end' | 'status'> {
  /** The time of the transaction in which the stream began, in µs: it reports later ones. */
  readonly since: bigint;
  /**
   * Finds what the stream reports of transactions, with its rights in the state after everything so far: it is over if its
   * secret no longer opens the database, or no longer in the same way. If that takes long, the report comes later, unless
   * `closed` is aborted.
   */
  readonly report: (transactions: readonly Published[], closed: AbortSignal) => StreamReport | Promise<StreamReport>;
}

/** How long it works before other requests are served, in ms. */
const SLICE = 5;

/** How many transactions all streams may be behind, and how large these may be together, in bytes. */
const MAX_BEHIND = 1_024;
const MAX_BEHIND_SIZE = 64 << 20;

/** The same for one stream, and for what it reports at once. */
const MAX_WAITING = 256;
const MAX_WAITING_SIZE = 32 << 20;
const MAX_AT_ONCE = 32;
const MAX_SIZE_AT_ONCE = 4 << 20;

/** How often to check streams whose secret may expire while nothing happens, in ms. */
const REVALIDATION_INTERVAL = 1_000;
/** The same for streams for which that takes long. */
const SLOW_REVALIDATION_INTERVAL = 10_000;

/** How often a stream says how far it is, in ms: its clients can only continue where history is still kept. */
const STATUS_INTERVAL = 5 * 60_000;

interface Open {
  readonly queue: EventQueue;
  readonly closed: AbortController;
  /** The transactions that it has not reported yet, and how large they are, in bytes. */
  readonly waiting: Published[];
  behind: number;
  /** Whether an earlier report is not there yet. */
  isBusy: boolean;
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
  /** How large the transactions are that not all streams have been told of, in bytes. */
  #behind = 0;
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
      closed: new AbortController(),
      waiting: [],
      behind: 0,
      isBusy: false,
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
    if (this.#work.length >= MAX_BEHIND || this.#behind > MAX_BEHIND_SIZE) this.#endCostliest();
    this.#behind += log.size;
    this.#begin(this.#send({ log, time }));
  }

  *#send(transaction: Published): Generator<void> {
    for (const [watch, { queue }] of this.#watches) {
      if (queue.isOver) this.#close(watch);
      else if (watch.since < transaction.time) this.#tell(watch, transaction);
      yield;
    }
    this.#behind -= transaction.log.size;
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
      // After a long piece of work, others get more time than it took.
      if (elapsed < SLICE + 1) setImmediate(() => this.#goOn());
      else setTimeout(() => this.#goOn(), 2 * elapsed);
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
    if (this.#work.length === 0) this.#begin(this.#revalidateAll());
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
      const open = this.#watches.get(watch);
      // One that is behind has not reported everything until then.
      if (open?.isBusy) open.statusDue = 0;
      else if (watch.status !== undefined) open?.queue.push(watch.status(time));
      yield;
    }
  }

  *#revalidateAll(): Generator<void> {
    for (const [watch, { isBusy, checkFrom }] of this.#watches) {
      // What is under way checks it, too.
      if (!isBusy && performance.now() >= checkFrom) this.#tell(watch);
      yield;
    }
  }

  /** Tells a stream of a transaction, or lets it check its rights. */
  #tell(watch: Watch, transaction?: Published): void {
    const open = this.#watches.get(watch);
    if (!open) return;
    if (transaction) {
      open.waiting.push(transaction);
      open.behind += transaction.log.size;
    }
    if (!open.isBusy) this.#report(watch, open);
    else if (open.waiting.length > MAX_WAITING || (open.behind > MAX_WAITING_SIZE && open.waiting.length > 1)) {
      this.#end(watch, watch.end('congested', transaction?.time ?? this.#now()));
    }
  }

  /** Reports what waits for a stream. An error ends only that stream. */
  #report(watch: Watch, open: Open): void {
    const began = performance.now();
    try {
      const report = watch.report(someOf(open), open.closed.signal);
      if (report instanceof Promise) {
        open.isBusy = true;
        this.#reportLater(watch, open, report);
      } else this.#deliver(watch, open, report);
    } catch {
      this.#end(watch, watch.end('failed', this.#now()));
    } finally {
      open.spent += performance.now() - began;
    }
  }

  async #reportLater(watch: Watch, open: Open, report: Promise<StreamReport>): Promise<void> {
    try {
      this.#deliver(watch, open, await report);
    } catch {
      this.#end(watch, watch.end('failed', this.#now()));
    }
    open.checkFrom = performance.now() + SLOW_REVALIDATION_INTERVAL;
    if (open.waiting.length === 0) open.isBusy = false;
    else this.#begin(this.#catchUp(watch, open));
  }

  *#catchUp(watch: Watch, open: Open): Generator<void> {
    do {
      open.isBusy = false;
      if (this.#watches.has(watch)) this.#report(watch, open);
      yield;
    } while (!open.isBusy && open.waiting.length > 0);
  }

  #deliver(watch: Watch, open: Open, { events, reported, isOver }: StreamReport): void {
    for (const event of events) open.queue.push(event);
    for (const { log } of open.waiting.splice(0, reported)) open.behind -= log.size;
    if (isOver) this.#close(watch);
  }

  #end(watch: Watch, last: string): void {
    this.#watches.get(watch)?.queue.push(last);
    this.#close(watch);
  }

  #close(watch: Watch): void {
    const open = this.#watches.get(watch);
    if (!open) return;
    open.queue.end();
    open.closed.abort();
    open.waiting.length = 0;
    this.#watches.delete(watch);
    if (this.#watches.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** The transactions that a stream reports next. */
function someOf({ waiting }: Open): Published[] {
  let [count, size] = [0, 0];
  for (const { log } of waiting) {
    size += log.size;
    if (count > 0 && (count === MAX_AT_ONCE || size > MAX_SIZE_AT_ONCE)) break;
    count++;
  }
  return waiting.slice(0, count);
}
