import { after } from '../../storage/keys.js';
import { withField } from '../../values/objects.js';
import type { ModelContext } from '../base/context.js';
import { StoredVersion } from '../base/stored-version.js';
import { buildJobs, buildKey, continueBuild, decodeProgress, encodeProgress, indexOfJob } from '../indexes/build.js';
import { discardJobs } from './discard.js';
import { continueSweep, sweepJobs } from './sweep.js';

/** How much is done in one transaction, so that no query waits long for it. */
const KEYS_AT_ONCE = 500;
const DOCUMENTS_AT_ONCE = 100;

/** How often to look for work when there was none, in ms. */
const PAUSE = 500;
/** How long to rest after having gone through all documents with a history, in ms. */
const REST = 300_000;

/** Runs work as a transaction that no secret stands behind: it may do all, in the database it is about. */
export type AsServer = <T>(work: (contextFor: (scope: number) => ModelContext) => T) => T;

/**
 * What no query waits for: it fills new indexes, removes documents whose time to live is over, what deleted databases,
 * collections and indexes have left, and versions that are too old to be seen. In small steps, between the queries.
 */
export class Maintenance {
  readonly #asServer: AsServer;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #historyFrom: Buffer | undefined;
  #restUntil = 0;

  constructor(asServer: AsServer) {
    this.#asServer = asServer;
  }

  start(): void {
    this.#schedule(PAUSE);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Does one step of everything. @returns whether there is more to do right now */
  step(): boolean {
    const worked = [this.#build(), this.#expire(), this.#discard(), this.#sweep(), this.#forget()];
    return worked.includes(true);
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#schedule(this.step() ? 1 : PAUSE);
    }, delay);
    this.#timer.unref();
  }

  #build(): boolean {
    return this.#asServer((contextFor) => {
      const { transaction } = contextFor(0).model.keys;
      for (const { key, value } of transaction.range({ start: buildJobs, end: after(buildJobs) })) {
        const { scope, id } = indexOfJob(key);
        const context = contextFor(scope);
        const view = context.model;
        const index = view.schema(scope).index(id);
        if (!index) {
          view.keys.remove(key);
          return true;
        }
        const next = continueBuild(context, index, decodeProgress(value), DOCUMENTS_AT_ONCE);
        if (next) view.keys.put(buildKey(index), encodeProgress(next));
        else {
          view.keys.remove(key);
          activate(context, index.ref);
        }
        return true;
      }
      return false;
    });
  }

  #expire(): boolean {
    return this.#asServer((contextFor) => {
      const { model, snapshotTime } = contextFor(0);
      const due = model.documents.expired(snapshotTime, DOCUMENTS_AT_ONCE);
      for (const { note, ref } of due) {
        model.keys.remove(note);
        const context = contextFor(ref.scope);
        const version = model.documents.latest(ref);
        // Its time to live may have been prolonged since.
        if (!version || version.deleted || version.ttl === undefined || version.ttl > snapshotTime) continue;
        model.kindOf(ref.collection).remove(context, ref, version, () => {
          model.documents.append(context, ref, StoredVersion.deletion(snapshotTime));
        });
      }
      return due.length > 0;
    });
  }

  #discard(): boolean {
    return this.#asServer((contextFor) => {
      const { model } = contextFor(0);
      const { transaction } = model.keys;
      for (const { key, value } of transaction.range({ start: discardJobs, end: after(discardJobs) })) {
        let left = KEYS_AT_ONCE;
        for (const entry of transaction.range({ start: value, end: after(value) })) {
          model.keys.remove(entry.key);
          if (--left === 0) return true;
        }
        model.keys.remove(key);
        return true;
      }
      return false;
    });
  }

  #sweep(): boolean {
    return this.#asServer((contextFor) => {
      const { model } = contextFor(0);
      const { transaction } = model.keys;
      for (const job of transaction.range({ start: sweepJobs, end: after(sweepJobs) })) {
        // As long as documents are there, an index that is being built may still be given entries of them.
        for (const jobs of [discardJobs, buildJobs]) {
          for (const _ of transaction.range({ start: jobs, end: after(jobs) })) return false;
        }
        const next = continueSweep(contextFor, job, KEYS_AT_ONCE);
        if (next) model.keys.put(Buffer.from(job.key), next);
        else model.keys.remove(job.key);
        return true;
      }
      return false;
    });
  }

  #forget(): boolean {
    if (Date.now() < this.#restUntil) return false;
    return this.#asServer((contextFor) => {
      for (let left = DOCUMENTS_AT_ONCE; left > 0; left--) {
        const found = contextFor(0).model.documents.nextWithHistory(this.#historyFrom);
        this.#historyFrom = found?.next;
        if (!found) {
          this.#restUntil = Date.now() + REST;
          return false;
        }
        const context = contextFor(found.ref.scope);
        context.model.documents.forget(context, found.ref);
      }
      return true;
    });
  }
}

function activate(context: ModelContext, ref: Parameters<ModelContext['model']['documents']['latest']>[0]): void {
  const version = context.model.documents.latest(ref);
  if (!version || version.deleted) return;
  const data = withField(version.data, 'active', true);
  context.model
    .kindOf(ref.collection)
    .write({ context, ref, position: undefined, isCreate: false, previous: version.data, data }, (stored) =>
      context.model.documents.append(context, ref, StoredVersion.live(context.snapshotTime, stored)),
    );
}
