import type { Client, EventSource, QueryValue, StreamEventData, StreamEventStatus } from 'fauna';
import { FaunadbSessionError } from '../../shared/errors.js';
import { failureOf } from '../base/failure.js';
import { type StreamTokens, withToken } from '../base/token-source.js';
import { eventSourceOf, type Source } from './event-source.js';

/** The longest pause between two tries to open a stream, in milliseconds. */
const LONGEST_PAUSE = 5_000;

type StreamEvent<T extends QueryValue> = StreamEventData<T> | StreamEventStatus;

/** What a {@link SessionStream} is made of. */
export interface SessionStreamParts {
  readonly base: Client;
  readonly tokens: StreamTokens;
  readonly source: Source;
  readonly options: Parameters<Client['stream']>[1];
}

/**
 * A stream like the driver's own that lasts as long as the session. When the session gets a new token, or the connection fails,
 * it opens again at the cursor of the last event, so that no event is repeated or lost.
 *
 * It ends with an error: a {@link FaunadbSessionError} `SESSION_NOT_FOUND` when the session has ended, or FaunaDB's error if it
 * refuses the source.
 */
export class SessionStream<T extends QueryValue> {
  /** Whether the stream has been closed. */
  closed = false;
  readonly #parts: SessionStreamParts;
  #eventSource: EventSource | undefined;
  #cursor: string | undefined;
  #lastTime: number | undefined;
  #wake: (() => void) | undefined;

  constructor(parts: SessionStreamParts) {
    this.#parts = parts;
    this.#cursor = parts.options?.cursor;
  }

  /** The time of the last event's transaction, in microseconds. */
  get last_ts(): number | undefined {
    return this.#lastTime;
  }

  /** Calls `onEvent` with each event. */
  start(onEvent: (event: StreamEvent<T>) => void, onError?: (error: Error) => void): void {
    const run = async () => {
      for await (const event of this) onEvent(event);
    };
    run().catch((error: Error) => onError?.(error));
  }

  /** Closes the stream. It emits no more events. */
  close(): void {
    this.closed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamEvent<T>> {
    if (this.closed) throw new Error('The stream has been closed: open another one.');
    const unwatch = this.#parts.tokens.watch(() => this.#wake?.());
    try {
      for (let failures = 0; !this.closed; ) {
        try {
          for await (const event of this.#leg()) {
            failures = 0;
            yield event;
          }
        } catch (error) {
          if (isFinal(error)) throw error;
          await this.#pause(Math.min(50 * 2 ** failures++, LONGEST_PAUSE));
        }
      }
    } finally {
      unwatch();
      this.close();
    }
  }

  /** The events of one of the driver's streams, until the session has another token. */
  async *#leg(): AsyncGenerator<StreamEvent<T>> {
    const { base, tokens, options } = this.#parts;
    const { secret, eventSource } = await this.#opened();
    const from = this.#cursor === undefined ? {} : { cursor: this.#cursor };
    const stream = base.stream<T>(eventSource, { ...options, ...from, status_events: true, secret });
    const events = stream[Symbol.asyncIterator]();
    const changed = this.#changed(secret);
    // It is of no interest once the leg has ended.
    changed.catch(() => {});
    try {
      for (let next = events.next(); ; ) {
        const isOver = await Promise.race([next.then(() => false), changed]);
        if (this.closed || isOver) return;
        const { value: event, done } = await next;
        if (done) return;
        this.#cursor = event.cursor;
        this.#lastTime = event.txn_ts;
        next = events.next();
        if (event.type !== 'status' || options?.status_events === true) yield event;
      }
    } catch (error) {
      // Its token may have died before the session's next one was seen.
      if (isLost(error)) await tokens.renewed(secret);
      else throw error;
    } finally {
      stream.close();
    }
  }

  async #opened(): Promise<{ secret: string; eventSource: EventSource }> {
    const { base, tokens, source } = this.#parts;
    return withToken(tokens, async (secret) => {
      this.#eventSource ??= await eventSourceOf(base, source, secret);
      return { secret, eventSource: this.#eventSource };
    });
  }

  /** Resolves when the session has another token than this, or the stream is closed. Rejects when the session has ended. */
  async #changed(secret: string): Promise<true> {
    for (;;) {
      await this.#pause();
      if (this.closed) return true;
      const current = await this.#parts.tokens.current().catch((error) => {
        if (isFinal(error)) throw error;
        return secret;
      });
      if (current !== secret) return true;
    }
  }

  /** Waits until the token may have changed, or the stream is closed, or the time is over. */
  #pause(limit?: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (limit !== undefined) setTimeout(resolve, limit);
    });
  }
}

/** Whether a stream ended because of its token, not of its source. */
function isLost(error: unknown): boolean {
  const failure = failureOf(error);
  return failure?.kind === 'unauthorized' || failure?.code === 'permission_loss';
}

/** Whether a retry would fail too. */
function isFinal(error: unknown): boolean {
  if (error instanceof FaunadbSessionError) return error.code !== 'FAUNADB_UNAVAILABLE';
  const failure = failureOf(error);
  return (
    failure !== undefined && failure.kind !== 'unauthorized' && failure.kind !== 'failed' && failure.status !== 409
  );
}
