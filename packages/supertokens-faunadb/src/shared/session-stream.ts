import type { Client, Expr } from 'faunadb';
import faunadb from 'faunadb';
import { FaunadbSessionError } from './errors.js';
import { type Ending, StreamLeg } from './stream-leg.js';

const q = faunadb.query;

/** Where a stream that lives as long as its session has its tokens from. */
export interface StreamTokens {
  /** The session's current token. */
  current(): Promise<string>;
  /** A token in place of one that FaunaDB no longer accepts. */
  renewed(dead: string): Promise<string>;
  /** A client that has this secret for its own: the driver opens streams in no other way. */
  clientWith(secret: string): Client;
  /** Calls `changed` whenever the token may be another one. Returns how to stop that. */
  watch(changed: () => void): () => void;
}

/** Which stream: the driver's `stream`, or its `stream.document`, which begins with a snapshot. */
export type StreamKind = 'stream' | 'document';

type StreamOptions = Parameters<Client['stream']>[1];
type Listener = (event: unknown, whole: object) => void;

const eventTypes = ['start', 'error', 'version', 'history_rewrite', 'set', 'snapshot'];

/** How many members of a set a snapshot of it gives. */
const SNAPSHOT_SIZE = 1_000;

/** The longest rest between two tries to open a stream, in milliseconds. */
const LONGEST_PAUSE = 5_000;

/** How long a stream must have lived to count as healthy, in milliseconds. */
const HEALTHY_AFTER = 5_000;

/**
 * How long the stream of the old token is waited for once that of the new one tells something, in milliseconds: over a
 * connection that is alive, what happened before has arrived by then.
 */
const HANDOVER_PATIENCE = 1_000;

/**
 * A subscription like the driver's own, that lives as long as the session. When the session gets another token, a second
 * stream is opened with it beside the first, and takes over at the transaction that it starts with: no event is told twice
 * and none is lost. Where the first has ended before (the network, a token that somebody deleted), the language has no
 * cursor to go on from: then a `snapshot` event tells the state, with `resumed: true`, and the events go on after it.
 *
 * It ends with an `error` event: a {@link FaunadbSessionError} `SESSION_NOT_FOUND` when the session has ended, or
 * FaunaDB's refusal of the expression.
 */
export class SessionStream {
  readonly #tokens: StreamTokens;
  readonly #expression: Expr;
  readonly #options: StreamOptions;
  readonly #kind: StreamKind;
  readonly #listeners = new Map<string, Listener[]>();
  #state: 'idle' | 'open' | 'closed' = 'idle';
  #wake: (() => void) | undefined;
  #legs: StreamLeg[] = [];
  #unwatch: (() => void) | undefined;

  constructor(tokens: StreamTokens, expression: Expr, options: StreamOptions, kind: StreamKind) {
    this.#tokens = tokens;
    this.#expression = expression;
    this.#options = options;
    this.#kind = kind;
  }

  /** Registers a listener of `start`, `version`, `set`, `history_rewrite`, `snapshot` or `error` events. */
  on(type: string, listener: Listener): this {
    if (!eventTypes.includes(type)) throw new Error(`Unknown event type: ${type}`);
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
    return this;
  }

  start(): this {
    if (this.#state !== 'idle') throw new Error('A stream starts once: make another one.');
    this.#state = 'open';
    this.#unwatch = this.#tokens.watch(() => this.#wake?.());
    this.#run().catch((error) => this.#fail(error));
    return this;
  }

  /** Ends the stream. No event is told after that. */
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
        // What was healthy is opened again at once.
        failures = Date.now() - since >= HEALTHY_AFTER ? 0 : failures + 1;
        if (failures === 1) continue;
      } else failures++;
      if (this.#isOpen) await pause(Math.min(50 * 2 ** failures, LONGEST_PAUSE));
    }
  }

  /** A stream that FaunaDB has started; undefined where that must be tried again. */
  async #opened(): Promise<StreamLeg | undefined> {
    try {
      const secret = await this.#tokens.current();
      const leg = this.#leg(secret);
      const ending = await leg.started;
      if (ending === undefined) return leg;
      this.#drop(leg);
      if (ending.error instanceof faunadb.errors.Unauthorized) await this.#tokens.renewed(secret);
      else if (isFinal(ending.error)) throw ending.error;
    } catch (error) {
      if (isFinal(error)) this.#fail(error);
    }
    return undefined;
  }

  /** Tells how things stand where a stream begins, and from then on its events. */
  async #begin(leg: StreamLeg, isFirst: boolean): Promise<void> {
    if (isFirst) this.#tell({ type: 'start', event: leg.startTime, txn: leg.startTime });
    if (!isFirst || this.#kind === 'document') await this.#tellSnapshot(leg, !isFirst);
    else leg.tell((event) => this.#tell(event));
  }

  /** Follows a stream, and those that take over from it, until one has ended before another had begun. */
  async #follow(first: StreamLeg): Promise<void> {
    let leg = first;
    while (this.#isOpen && leg.ending === undefined) {
      await this.#nextChange();
      if (!this.#isOpen || leg.ending !== undefined) break;
      const secret = await this.#tokens.current().catch((error) => {
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
      if (isComplete) leg.tell((event) => this.#tell(event));
      else await this.#tellSnapshot(leg, true);
    }
    this.#drop(leg);
  }

  async #tellSnapshot(leg: StreamLeg, resumed: boolean): Promise<void> {
    try {
      const { value, time } = await leg.client.query<{ value: { ts?: number } | null; time: number }>(
        snapshotQuery(this.#expression, resumed),
      );
      const txn = value?.ts ?? time;
      if (this.#isOpen) this.#tell({ type: 'snapshot', event: value, txn, ...(resumed ? { resumed } : {}) });
      leg.tell((event) => {
        if (event.txn > txn) this.#tell(event);
      });
    } catch (error) {
      // The driver's own stream of a document goes on where there is no document.
      if (error instanceof faunadb.errors.NotFound) {
        this.#tell({ type: 'error', event: error });
        leg.tell((event) => this.#tell(event));
      } else {
        if (isFinal(error)) this.#fail(error);
        leg.close();
      }
    }
  }

  #leg(secret: string): StreamLeg {
    const leg = new StreamLeg(this.#tokens.clientWith(secret), secret, this.#expression, this.#options);
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

  #tell(event: { type: string; event: unknown; txn?: number; resumed?: boolean }): void {
    if (!this.#isOpen) return;
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event.event, event);
  }

  #fail(error: unknown): void {
    this.#tell({ type: 'error', event: error });
    this.close();
  }
}

/**
 * Waits until a stream has told all that happened before the next one starts. Whether it did: false where it ended, or may
 * have lost something, before.
 */
async function handedOver(leg: StreamLeg, next: StreamLeg): Promise<boolean> {
  const passed = leg.tellUntil(next.startTime);
  const isQuiet = next.firstEvent.then(() => pause(HANDOVER_PATIENCE));
  await Promise.race([passed, leg.ended, next.ended, isQuiet]);
  return leg.ending === undefined || isCompleteAt(leg.ending, next.startTime);
}

/** FaunaDB itself says when a stream ends for a reason of its own; a network does not. */
function isCompleteAt({ time }: Ending, startTime: number): boolean {
  return time !== undefined && time >= startTime;
}

/** What the state is that a stream tells the changes of. */
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

/** Whether trying again is of no use. */
function isFinal(error: unknown): boolean {
  if (error instanceof FaunadbSessionError) return error.code !== 'FAUNADB_UNAVAILABLE';
  if (!(error instanceof faunadb.errors.FaunaHTTPError)) return false;
  const { statusCode } = error.requestResult;
  return statusCode >= 400 && statusCode < 500 && ![401, 408, 409, 410, 429].includes(statusCode);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
