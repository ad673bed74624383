import type { Client, Expr } from 'faunadb';

/** An event as FaunaDB sends it. */
export interface LegEvent {
  readonly type: string;
  readonly event: unknown;
  /** The time of its transaction, in microseconds. */
  readonly txn: number;
}

/** How a stream ended. */
export interface Ending {
  readonly error: unknown;
  /** When FaunaDB ended it, in microseconds: all events up to then were delivered. Undefined if the connection broke. */
  readonly time: number | undefined;
}

/** One stream of the driver, opened with one token. It buffers its events until there is a listener. */
export class StreamLeg {
  readonly client: Client;
  readonly secret: string;
  /** Resolves when FaunaDB has started the stream (undefined) or refused it (the reason). */
  readonly started: Promise<Ending | undefined>;
  readonly ended: Promise<Ending>;
  readonly firstEvent: Promise<void>;
  /** The time of the transaction that the stream starts at. Its events are later. */
  startTime = 0;
  ending: Ending | undefined;
  readonly #subscription: { close(): void };
  readonly #waiting: LegEvent[] = [];
  #listener: ((event: LegEvent) => void) | undefined;
  #limit = Number.POSITIVE_INFINITY;
  #onPassed: (() => void) | undefined;
  #onFirst: () => void = () => {};
  #onEnded: (ending: Ending) => void = () => {};

  constructor(client: Client, secret: string, expression: Expr, options: Parameters<Client['stream']>[1]) {
    this.client = client;
    this.secret = secret;
    this.ended = new Promise((resolve) => {
      this.#onEnded = resolve;
    });
    this.firstEvent = new Promise((resolve) => {
      this.#onFirst = resolve;
    });
    const subscription = client.stream(expression, options);
    this.#subscription = subscription;
    this.started = Promise.race([
      new Promise<undefined>((resolve) => {
        subscription.on('start', (time) => {
          this.startTime = time;
          resolve(undefined);
        });
      }),
      this.ended,
    ]);
    for (const type of ['version', 'set', 'history_rewrite'] as const) {
      subscription.on(type, (_: unknown, event: object) => this.#take(event as LegEvent));
    }
    subscription.on('error', (error, { txn }) => this.#end({ error, time: txn }));
    subscription.start();
  }

  /** Passes the buffered events, and all later ones, to a listener. */
  deliver(listener: (event: LegEvent) => void): void {
    this.#listener = listener;
    for (const event of this.#waiting.splice(0)) listener(event);
  }

  /** Drops events of transactions later than `time`. Resolves when the first of these has arrived. */
  deliverUntil(time: number): Promise<void> {
    this.#limit = time;
    return new Promise((resolve) => {
      this.#onPassed = resolve;
    });
  }

  close(): void {
    this.#end({ error: new Error('closed'), time: undefined });
  }

  #take(event: LegEvent): void {
    if (this.ending !== undefined) return;
    this.#onFirst();
    if (event.txn > this.#limit) this.#onPassed?.();
    else if (this.#listener === undefined) this.#waiting.push(event);
    else this.#listener(event);
  }

  #end(ending: Ending): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    this.#subscription.close();
    this.#onEnded(ending);
  }
}
