import type { Client, Expr } from 'faunadb';
import faunadb from 'faunadb';
import { FaunadbSessionError } from '../../shared/errors.js';
import { failureOf, isUnauthorized } from '../base/failure.js';
import type { StreamTokens } from '../base/token-source.js';
import { type Ending, StreamLeg } from './stream-leg.js';

const q = faunadb.query;

/** The driver's `stream`, or its `stream.document`, which begins with a snapshot. */
export type StreamKind = 'stream' | 'document';

type StreamOptions = Parameters<Client['stream']>[1];

/** What a stream is made of. */
export interface SessionStreamParts {
  readonly tokens: StreamTokens;
  /** Creates a client with this secret: the driver opens streams only with the client's own secret. */
  readonly clientWith: (secret: string) => Client;
  readonly expression: Expr;
  readonly options: StreamOptions;
  readonly kind: StreamKind;
}

type Listener = (event: unknown, whole: object) => void;

const eventTypes = ['start', 'error', 'version', 'history_rewrite', 'set', 'snapshot'];

/** The most members in a snapshot of a set. */
const SNAPSHOT_SIZE = 1_000;

/** The longest pause between two tries to open a stream, in milliseconds. */
const LONGEST_PAUSE = 5_000;

/** How long a stream must have been open to count as healthy, in milliseconds. */
const HEALTHY_AFTER = 5_000;

/**
 * How long to wait for events of the old token's stream after the first event of the new token's, in milliseconds: over a
 * working connection, earlier events have arrived by then.
 */
const HANDOVER_TIMEOUT = 1_000;

/**
 * A subscription like the driver's own that lasts as long as the session. When the session gets a new token, a second stream
 * opens with it beside the first, and takes over at the transaction that it starts with: no event is repeated or lost. If
 * the first stream has already ended (the network failed, the token was deleted), FQL has no cursor to resume from. Then a
 * `snapshot` event reports the state, with `resumed: true`, and later events follow.
 *
 * It ends with an `error` event: a {@link FaunadbSessionError} `SESSION_NOT_FOUND` when the session has ended, or
 * FaunaDB's error if it refuses the expression.
 */
export class SessionStream {
  readonly #parts: SessionStreamParts;
  readonly #listeners = new Map<string, Listener[]>();
  #state: 'idle' | 'open' | 'closed' = 'idle';
  #wake: (() => void) | undefined;
  #legs: StreamLeg[] = [];
  #unwatch: (() => void) | undefined;

  constructor(parts: SessionStreamParts) {
    this.#parts = parts;
  }

  /** Registers a listener of `start`, `version`, `set`, `history_rewrite`, `snapshot` or `error` events. */
  on(type: string, listener: Listener): this {
    if (!eventTypes.includes(type)) throw new Error(`Unknown event type: ${type}`);
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
    return this;
  }

  start(): this {
    if (this.#state !== 'idle') throw new Error('A stream can start only once: create another one.');
    this.#state = 'open';
    this.#unwatch = this.#parts.tokens.watch(() => this.#wake?.());
    this.#run().catch((error) => this.#fail(error));
    return this;
  }

  /** Closes the stream. It emits no more events. */
  close(): void {
    this.#state = 'closed';
    this.#unwatch?.();
    for (const leg of this.#legs) leg.close();
    this.#legs = [];
    this.#wake?.();
  }

  get #isOpen(): boolean {
    return this.#state === 'open';
  }

  async #run(): Promise<void> {
    let failures = 0;
    for (let isFirst = true; this.#isOpen; ) {
      const leg = await this.#opened();
      if (leg !== undefined) {
        const since = Date.now();
        await this.#begin(leg, isFirst);
        isFirst = false;
        await this.#follow(leg);
        // Reopen a healthy stream at once.
        failures = Date.now() - since >= HEALTHY_AFTER ? 0 : failures + 1;
        if (failures === 1) continue;
      } else failures++;
      if (this.#isOpen) await pause(Math.min(50 * 2 ** failures, LONGEST_PAUSE));
    }
  }

  /** Opens a stream. Returns it once FaunaDB has started it; undefined if the caller must retry. */
  async #opened(): Promise<StreamLeg | undefined> {
    try {
      const secret = await this.#parts.tokens.current();
      const leg = this.#leg(secret);
      const ending = await leg.started;
      if (ending === undefined) return leg;
      this.#drop(leg);
      if (isUnauthorized(ending.error)) await this.#parts.tokens.renewed(secret);
      else if (isFinal(ending.error)) throw ending.error;
    } catch (error) {
      if (isFinal(error)) this.#fail(error);
    }
    return undefined;
  }

  /** Emits the state at the start of a stream, and then its events. */
  async #begin(leg: StreamLeg, isFirst: boolean): Promise<void> {
    if (isFirst) this.#emit({ type: 'start', event: leg.startTime, txn: leg.startTime });
    if (!isFirst || this.#parts.kind === 'document') await this.#emitSnapshot(leg, !isFirst);
    else leg.deliver((event) => this.#emit(event));
  }

  /** Follows a stream, and those that take over from it, until one ends before the next has started. */
  async #follow(first: StreamLeg): Promise<void> {
    let leg = first;
    while (this.#isOpen && leg.ending === undefined) {
      await this.#nextChange();
      if (!this.#isOpen || leg.ending !== undefined) break;
      const secret = await this.#parts.tokens.current().catch((error) => {
        if (isFinal(error)) this.#fail(error);
        return undefined;
      });
      if (!this.#isOpen || secret === undefined || secret === leg.secret) continue;
      const next = this.#leg(secret);
      if ((await next.started) !== undefined) {
        this.#drop(next);
        continue;
      }
      const isComplete = await handedOver(leg, next);
      this.#drop(leg);
      leg = next;
      if (!this.#isOpen) break;
      if (isComplete) leg.deliver((event) => this.#emit(event));
      else await this.#emitSnapshot(leg, true);
    }
    this.#drop(leg);
  }

  async #emitSnapshot(leg: StreamLeg, resumed: boolean): Promise<void> {
    try {
      const { value, time } = await leg.client.query<{ value: { ts?: number } | null; time: number }>(
        snapshotQuery(this.#parts.expression, resumed),
      );
      const txn = value?.ts ?? time;
      if (this.#isOpen) this.#emit({ type: 'snapshot', event: value, txn, ...(resumed ? { resumed } : {}) });
      leg.deliver((event) => {
        if (event.txn > txn) this.#emit(event);
      });
    } catch (error) {
      // The driver's own document stream stays open if the document does not exist.
      if (failureOf(error)?.kind === 'missing') {
        this.#emit({ type: 'error', event: error });
        leg.deliver((event) => this.#emit(event));
      } else {
        if (isFinal(error)) this.#fail(error);
        leg.close();
      }
    }
  }

  #leg(secret: string): StreamLeg {
    const { clientWith, expression, options } = this.#parts;
    const leg = new StreamLeg(clientWith(secret), secret, expression, options);
    if (this.#isOpen) this.#legs.push(leg);
    else leg.close();
    leg.ended.then(() => this.#wake?.());
    return leg;
  }

  #drop(leg: StreamLeg): void {
    leg.close();
    this.#legs = this.#legs.filter((other) => other !== leg);
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #emit(event: { type: string; event: unknown; txn?: number; resumed?: boolean }): void {
    if (!this.#isOpen) return;
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event.event, event);
  }

  #fail(error: unknown): void {
    this.#emit({ type: 'error', event: error });
    this.close();
  }
}

/**
 * Waits until a stream has delivered every event before the start of the next stream. Returns false if it ended before
 * that, so that events may be missing.
 */
async function handedOver(leg: StreamLeg, next: StreamLeg): Promise<boolean> {
  const passed = leg.deliverUntil(next.startTime);
  const isQuiet = next.firstEvent.then(() => pause(HANDOVER_TIMEOUT));
  await Promise.race([passed, leg.ended, next.ended, isQuiet]);
  return leg.ending === undefined || isCompleteAt(leg.ending, next.startTime);
}

/** The end of a stream has a time only if FaunaDB ended it, not if the network failed. */
function isCompleteAt({ time }: Ending, startTime: number): boolean {
  return time !== undefined && time >= startTime;
}

/** The query for the current state of a stream's document or set. */
function snapshotQuery(expression: Expr, mayBeMissing: boolean): Expr {
  const source = q.Var('source');
  const ref = q.If(q.IsRef(source), source, q.Select('ref', source));
  const document = mayBeMissing ? q.If(q.Exists(q.Var('ref')), q.Get(q.Var('ref')), null) : q.Get(q.Var('ref'));
  return q.Let(
    { source: expression },
    {
      value: q.If(q.IsSet(source), q.Paginate(source, { size: SNAPSHOT_SIZE }), q.Let({ ref }, document)),
      time: q.ToMicros(q.Now()),
    },
  );
}

/** Whether a retry would fail too. */
function isFinal(error: unknown): boolean {
  if (error instanceof FaunadbSessionError) return error.code !== 'FAUNADB_UNAVAILABLE';
  const failure = failureOf(error);
  return (
    failure !== undefined && failure.kind !== 'unauthorized' && failure.kind !== 'failed' && failure.status !== 409
  );
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
