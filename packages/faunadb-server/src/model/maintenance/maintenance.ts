import { keysIn, type Outcome } from '@supertokens-faunadb/store';
import { after } from '../../storage/keys.js';
import { Failure } from '../../values/failure.js';
import { QueryEnded } from '../../values/query-ended.js';
import type { ModelContext } from '../base/context.js';
import { StoredVersion } from '../base/stored-version.js';
import {
  buildJobs,
  buildKey,
  continueBuild,
  decodeProgress,
  encodeProgress,
  indexOfJob,
  omit,
  Unindexed,
} from '../indexes/build.js';
import { reviewJobs } from '../indexes/omissions.js';
import { markUnbuilt, review } from './built.js';
import { discardJobs } from './discard.js';
import { Turns } from './jobs.js';
import { Pace } from './pace.js';
import { Setbacks } from './setbacks.js';
import { continueSweep, mustWait, sweepJobs } from './sweep.js';

/** The most keys that one transaction handles. */
const KEYS_AT_ONCE = 500;
const DOCUMENTS_AT_ONCE = 100;

/** How often a document may take too long, while the machine may only be busy, before an index goes without it. */
const TRIES = 3;

/** A step that takes longer than this, in ms, is followed by a pause. */
const LONG_STEP = 5;

/** How long to wait before looking for work again when there was none, in ms. */
const PAUSE = 500;
/** How long to wait at most while the store refuses: twice as long each time, up to this, in ms. */
const LONGEST_PAUSE = 30_000;
/** How long to rest after having gone through all documents with a history, in ms. */
const REST = 300_000;

/** Runs work as a transaction that no secret stands behind: it may do all, in the database it is about. */
export type AsServer = <T>(work: (contextFor: (scope: number) => ModelContext) => T) => Outcome<T>;

/** Receives the failed job and its error. Neither contains a secret. */
export type Report = (job: string, error: unknown) => void;

/** One kind of background work. */
interface Duty {
  /** How much one step does, adapted to how long that takes. */
  readonly pace: Pace;
  /** Does the next step, as a transaction. @returns whether there was one */
  readonly step: (contextFor: (scope: number) => ModelContext, size: number) => boolean;
  /** Leaves out what fails, in a transaction of its own. @returns whether it does, so that the job can go on. */
  readonly leaveOut?: (contextFor: (scope: number) => ModelContext, failure: JobFailure, failures: number) => boolean;
  /** Records, in a transaction of its own, the first of a series of failures of a job. */
  readonly note?: (contextFor: (scope: number) => ModelContext, failure: JobFailure) => void;
}

/** The failure of one job, which does not stop others. */
class JobFailure {
  constructor(
    readonly job: string,
    readonly key: Uint8Array,
    readonly cause: unknown,
  ) {}
}

/**
 * Background work: fills new indexes, and removes expired documents, what deleted databases, collections and indexes
 * leave, and versions that are too old to be visible. It works in small steps between queries and takes turns, so that
 * neither a database with much work nor a failing job delays others.
 */
export class Maintenance {
  readonly #asServer: AsServer;
  readonly #report: Report;
  readonly #setbacks = new Setbacks();
  readonly #builds = new Turns(buildJobs);
  readonly #reviews = new Turns(reviewJobs);
  readonly #discards = new Turns(discardJobs);
  readonly #sweeps = new Turns(sweepJobs);
  readonly #duties: readonly Duty[];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #historyFrom: Buffer | undefined;
  #restUntil = 0;
  /** What the transactions of a pass wait for; each failure of the disk is reported here. */
  #underWay: Promise<void>[] = [];
  #isRefused = false;
  #refusals = 0;

  constructor(asServer: AsServer, report: Report = () => {}) {
    this.#asServer = asServer;
    this.#report = report;
    this.#duties = [
      {
        pace: new Pace(DOCUMENTS_AT_ONCE),
        step: this.#build,
        leaveOut: (contextFor, { key, cause }, failures) => {
          if (!(cause instanceof Unindexed) || !isOmittable(cause.cause, failures)) return false;
          const { model } = contextFor(0);
          model.keys.put(Buffer.from(key), encodeProgress(omit(model, indexOfJob(key), cause)));
          return true;
        },
        note: (contextFor, { key, cause }) => {
          const { scope, id } = indexOfJob(key);
          markUnbuilt(contextFor(scope), id, cause);
        },
      },
      { pace: new Pace(1), step: this.#review },
      { pace: new Pace(DOCUMENTS_AT_ONCE), step: this.#expire },
      { pace: new Pace(KEYS_AT_ONCE), step: this.#discard },
      { pace: new Pace(KEYS_AT_ONCE), step: this.#sweep },
      { pace: new Pace(DOCUMENTS_AT_ONCE), step: this.#forget },
    ];
  }

  start(): void {
    this.#schedule(PAUSE);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Does one step of each duty. A failing job is reported and rests. @returns whether there is more to do right now */
  step(): boolean {
    return this.#duties.map((duty) => this.#stepOf(duty)).includes(true);
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#pass(), delay);
    this.#timer.unref();
  }

  /** Does a step of everything, and waits until it is on disk: otherwise what the disk refuses would be retried at once. */
  async #pass(): Promise<void> {
    this.#isRefused = false;
    let hasMore = false;
    for (const duty of this.#duties) {
      const began = performance.now();
      if (this.#stepOf(duty)) hasMore = true;
      if (performance.now() - began < LONG_STEP) continue;
      // Others are served between long steps.
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (this.#stopped) return;
    }
    await Promise.all(this.#underWay.splice(0));
    this.#refusals = this.#isRefused ? this.#refusals + 1 : 0;
    if (!this.#isRefused) this.#setbacks.succeeded(STORE);
    const pause = Math.min(PAUSE * 2 ** this.#refusals, LONGEST_PAUSE);
    this.#schedule(this.#isRefused || !hasMore ? pause : 1);
  }

  #transact<T>(work: (contextFor: (scope: number) => ModelContext) => T): T {
    const { value, durable } = this.#asServer(work);
    if (durable) this.#underWay.push(durable.catch((error) => this.#refused(error)));
    return value;
  }

  /** Not a job but the store has failed, or the search for a job. */
  #refused(error: unknown): void {
    this.#isRefused = true;
    if (this.#setbacks.failed(STORE) === 1) this.#report(STORE, error);
  }

  /** Never throws: nobody would catch it. */
  #stepOf({ pace, step, leaveOut, note }: Duty): boolean {
    const { size } = pace;
    try {
      return pace.run(() => this.#transact((contextFor) => step(contextFor, size)));
    } catch (error) {
      if (!(error instanceof JobFailure)) {
        this.#refused(error);
        return false;
      }
      if (size > 1) return true;
      this.#failed(error, leaveOut, note);
      return true;
    }
  }

  #failed(failure: JobFailure, leaveOut: Duty['leaveOut'], note: Duty['note']): void {
    const { job, cause } = failure;
    const failures = this.#setbacks.failed(job);
    try {
      if (leaveOut && this.#transact((contextFor) => leaveOut(contextFor, failure, failures))) {
        this.#setbacks.succeeded(job);
        return;
      }
      if (failures > 1) return;
      this.#report(job, cause);
      if (note) this.#transact((contextFor) => note(contextFor, failure));
    } catch (error) {
      this.#refused(error);
    }
  }

  /** Runs the work of one job, so that its failure is kept apart from those of others. */
  #work(job: string, key: Uint8Array, work: () => void): void {
    try {
      work();
    } catch (error) {
      throw new JobFailure(job, Buffer.from(key), error);
    }
    this.#setbacks.succeeded(job);
  }

  readonly #isResting = (key: Uint8Array): boolean => this.#setbacks.isResting(nameOf(key));

  #build = (contextFor: (scope: number) => ModelContext, size: number): boolean => {
    const { transaction } = contextFor(0).model.keys;
    const key = this.#builds.next(transaction, this.#isResting);
    if (!key) return false;
    const { scope, id } = indexOfJob(key);
    // The next turn is another database's.
    this.#builds.goOnFrom(after(key.subarray(0, key.lastIndexOf(SLASH) + 1)));
    this.#work(nameOf(key), key, () => {
      const context = contextFor(scope);
      const view = context.model;
      const index = view.schema(scope).index(id);
      const next = index && continueBuild(context, index, decodeProgress(transaction.get(key)!), size);
      if (next) view.keys.put(buildKey(index), encodeProgress(next));
      else {
        view.keys.remove(key);
        if (index) review(context, index);
      }
    });
    return true;
  };

  #review = (contextFor: (scope: number) => ModelContext): boolean => {
    const { transaction } = contextFor(0).model.keys;
    const key = this.#reviews.next(transaction, this.#isResting);
    if (!key) return false;
    this.#reviews.goOnFrom(after(key));
    this.#work(nameOf(key), key, () => {
      const [scope, id] = Buffer.from(key.subarray(reviewJobs.length)).toString().split('/');
      const context = contextFor(Number(scope));
      const { model } = context;
      model.keys.remove(key);
      const index = model.schema(Number(scope)).index(BigInt(id!));
      // One that is still being filled is looked at when it is full.
      if (index && !transaction.get(buildKey(index))) review(context, index);
    });
    return true;
  };

  #expire = (contextFor: (scope: number) => ModelContext, size: number): boolean => {
    const { model, snapshotTime } = contextFor(0);
    const due = model.documents.expired(snapshotTime, size, this.#isResting);
    for (const { note, ref } of due) {
      this.#work(nameOf(note), note, () => {
        model.keys.remove(note);
        const context = contextFor(ref.scope);
        const version = model.documents.latest(ref);
        // Its time to live may have been extended meanwhile.
        if (!version || version.deleted || version.ttl === undefined || version.ttl > snapshotTime) return;
        model.kindOf(ref.collection).remove(context, ref, version, () => {
          model.documents.append(context, ref, StoredVersion.deletion(model.keys.writeTime));
        });
      });
    }
    return due.length > 0;
  };

  #discard = (contextFor: (scope: number) => ModelContext, size: number): boolean => {
    const { model } = contextFor(0);
    const { transaction } = model.keys;
    const job = this.#discards.next(transaction, this.#isResting);
    if (!job) return false;
    this.#discards.goOnFrom(after(job));
    this.#work(nameOf(job), job, () => {
      let left = size;
      const prefix = transaction.get(job)!;
      for (const key of keysIn(transaction, { start: prefix, end: after(prefix) })) {
        model.keys.remove(key);
        if (--left === 0) return;
      }
      model.keys.remove(job);
    });
    return true;
  };

  #sweep = (contextFor: (scope: number) => ModelContext, size: number): boolean => {
    const { model } = contextFor(0);
    const { transaction } = model.keys;
    const key = this.#sweeps.next(transaction, (key) => this.#isResting(key) || mustWait(transaction, key));
    if (!key) return false;
    this.#sweeps.goOnFrom(after(key));
    this.#work(nameOf(key), key, () => {
      const next = continueSweep(contextFor, { key, value: transaction.get(key)! }, size);
      if (next) model.keys.put(key, next);
      else model.keys.remove(key);
    });
    return true;
  };

  #forget = (contextFor: (scope: number) => ModelContext, size: number): boolean => {
    if (Date.now() < this.#restUntil) return false;
    for (let left = size; left > 0; left--) {
      const from = this.#historyFrom;
      const found = contextFor(0).model.documents.nextWithHistory(from);
      this.#historyFrom = found?.next;
      if (!found) {
        this.#restUntil = Date.now() + REST;
        return false;
      }
      const { ref } = found;
      try {
        const context = contextFor(ref.scope);
        // A long history goes in several steps.
        if (context.model.documents.forget(context, ref, left)) {
          this.#historyFrom = from;
          return true;
        }
      } catch (error) {
        // A step of only this document skips it, until the next pass over all documents.
        if (size > 1) this.#historyFrom = from;
        throw new JobFailure(`history/${ref.scope}/${ref.collection}/${ref.id}`, Buffer.alloc(0), error);
      }
    }
    return true;
  };
}

/** Whether an index goes without a document for which this has happened, `failures` times in a row. */
function isOmittable(cause: unknown, failures: number): boolean {
  if (cause instanceof QueryEnded) return cause.reason === 'limit' || failures >= TRIES;
  return cause instanceof Failure || (cause instanceof RangeError && cause.message.includes('call stack'));
}

/** What the store is called where it fails, in the place of a job. */
const STORE = 'maintenance';
const SLASH = '/'.charCodeAt(0);

/** The name of a job: its key without the kind, in hexadecimal if it is not text. */
function nameOf(key: Uint8Array): string {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length);
  return bytes[0] === buildJobs[0] ? bytes.toString('utf8', 1) : `expiry/${bytes.toString('hex', 1)}`;
}
