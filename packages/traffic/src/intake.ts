import type { Readable } from 'node:stream';

/** Limits on what clients send. */
export interface IntakeOptions {
  /** The longest body, in bytes. */
  readonly maxBodySize: number;
  /** How many bytes of incomplete bodies may be held at once. Beyond that, clients get an answer to retry later. */
  readonly maxUnfinished: number;
  /** How long a body may take, in ms. */
  readonly bodyTimeout: number;
}

/** The outcome of receiving a body. */
export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too large' }
  | { readonly kind: 'too slow' }
  /** Too many bytes of other bodies are held already. */
  | { readonly kind: 'too much' }
  /** The client disconnected before the body was complete. */
  | { readonly kind: 'broken' };

/** The lowest accepted rate of a body, in bytes per check; the first check does not count. */
const LEAST = 1024;
const LOOK_INTERVAL = 10_000;

/** Receives bodies from clients that may be slow to send them. What is incomplete is limited, per body and in total. */
export class Intake {
  readonly #maxBodySize: number;
  readonly #maxUnfinished: number;
  readonly #bodyTimeout: number;
  readonly #open = new Set<Taking>();
  #unfinished = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ maxBodySize, maxUnfinished, bodyTimeout }: IntakeOptions) {
    this.#maxBodySize = maxBodySize;
    this.#maxUnfinished = maxUnfinished;
    this.#bodyTimeout = bodyTimeout;
  }

  /** How many bytes of incomplete bodies are held. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** Collects the body that `source` emits and passes it on once. */
  take(source: Readable, done: (body: Body) => void): void {
    const taking = new Taking((body) => {
      if (!this.#open.delete(taking)) return;
      this.#unfinished -= taking.size;
      done(body);
    });
    this.#open.add(taking);
    this.#timer ??= setInterval(() => this.#look(), Math.min(LOOK_INTERVAL, this.#bodyTimeout / 4)).unref();
    // The listeners are not removed, which is cheaper: a request lives no longer than its answer takes.
    source.on('data', (piece: Buffer) => {
      if (!this.#open.has(taking)) return;
      this.#unfinished += piece.length;
      taking.add(piece);
      if (taking.size > this.#maxBodySize || this.#unfinished > this.#maxUnfinished) {
        source.pause();
        taking.finish({ kind: taking.size > this.#maxBodySize ? 'too large' : 'too much' });
      }
    });
    source.on('end', () => taking.finish({ kind: 'whole', bytes: taking.whole() }));
    source.on('close', () => taking.finish({ kind: 'broken' }));
  }

  #look(): void {
    if (this.#open.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    const now = performance.now();
    for (const taking of this.#open) {
      if (now - taking.began >= this.#bodyTimeout || taking.isTooSlow(now)) taking.finish({ kind: 'too slow' });
    }
  }
}

/** A body being received. */
class Taking {
  readonly began = performance.now();
  readonly #pieces: Buffer[] = [];
  size = 0;
  #sizeAtLook = 0;
  #lookedAt = this.began;

  constructor(readonly finish: (body: Body) => void) {}

  add(piece: Buffer): void {
    this.size += piece.length;
    this.#pieces.push(piece);
  }

  whole(): Buffer {
    return this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces, this.size);
  }

  isTooSlow(now: number): boolean {
    if (now - this.#lookedAt < LOOK_INTERVAL) return false;
    const isFirst = this.#lookedAt === this.began;
    const came = this.size - this.#sizeAtLook;
    this.#lookedAt = now;
    this.#sizeAtLook = this.size;
    return !isFirst && came < LEAST;
  }
}
