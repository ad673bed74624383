import type { Readable } from 'node:stream';

/** What clients may send. */
export interface IntakeOptions {
  /** The longest body, in bytes. */
  readonly maxBodySize: number;
  /** How many bytes of bodies may lie here at once that are not whole; who sends more then is told to come again later. */
  readonly maxUnfinished: number;
  /** How long a body may take, in ms. */
  readonly bodyTimeout: number;
}

/** What came of a body. */
export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too large' }
  | { readonly kind: 'too slow' }
  /** Too much of others' lies here already. */
  | { readonly kind: 'too much' }
  /** The client went away before it was whole. */
  | { readonly kind: 'broken' };

/** How fast a body must come, in bytes for each look; the first look does not count. */
const LEAST = 1024;
const LOOK_INTERVAL = 10_000;

/** Takes bodies in, from clients who may be slow to send them. What is not whole yet is bounded, each and all together. */
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

  /** How many bytes lie here of bodies that are not whole. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** Collects the body that `source` gives; hands it on once. */
  take(source: Readable, done: (body: Body) => void): void {
    const taking = new Taking((body) => {
      if (!this.#open.delete(taking)) return;
      this.#unfinished -= taking.size;
      done(body);
    });
    this.#open.add(taking);
    this.#timer ??= setInterval(() => this.#look(), Math.min(LOOK_INTERVAL, this.#bodyTimeout / 4)).unref();
    // The listeners stay, which costs less than to take them away: a request is not kept longer than its answer takes.
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

/** A body on its way in. */
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
