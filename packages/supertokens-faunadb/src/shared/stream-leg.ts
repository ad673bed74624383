import type { Client, Expr } from 'faunadb';

/** An event as FaunaDB sends it. */
export interface LegEvent {
  readonly type: string;
  readonly event: unknown;
  /** The time of its transaction, in microseconds. */
  readonly txn: number;
}

/** How a stream came to its end. */
export interface Ending {
  readonly error: unknown;
  /** When FaunaDB ended it, in microseconds: it has told all up to then. Undefined where the connection broke. */
  readonly time: number | undefined;
}

/** One stream of the driver, opened with one token. It keeps its events until somebody wants to be told. */
export class StreamLeg {
  readonly client: Client;
  readonly secret: string;
  /** Settles when FaunaDB has started the stream, with nothing, or has refused it, with why. */
  readonly started: Promise<Ending | undefined>;
  readonly ended: Promise<Ending>;
  readonly firstEvent: Promise<void>;
  /** The time of the transaction that it starts with: it tells what happens after that. */
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

  /** Tells the events that wait, and those to come. */
  tell(listener: (event: LegEvent) => void): void {
    this.#listener = listener;
    for (const event of this.#waiting.splice(0)) listener(event);
  }

  /** Tells no event of a transaction later than `time`; gives when the first of those has come. */
  tellUntil(time: number): Promise<void> {
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
