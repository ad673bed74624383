import type { Writable } from 'node:stream';

/** Limits on what waits for clients. */
export interface DeliveryOptions {
  /** How long a client may accept nothing, in ms, before it is disconnected. */
  readonly stallTimeout: number;
  /**
   * How many bytes may wait for all clients together. Beyond that, the client that has accepted nothing for longest is
   * disconnected.
   */
  readonly maxUnsent: number;
}

/** Where a body goes: the response of a request. */
export interface Parcel {
  /** Its `close` event means that everything is sent or the client is gone. */
  readonly to: Writable;
  /** Disconnects the client, which causes `close`. */
  readonly cutOff: () => void;
  /** Called when the number of bytes that wait here changes. */
  readonly note?: (change: number) => void;
  /**
   * Whether the server itself holds the response back because it follows another answer: then its client cannot accept it
   * yet.
   */
  readonly isHeldBack?: boolean;
  /**
   * Whether a small body may wait for those of the other requests that were read in this turn of the event loop. To write
   * to a client that sleeps means to wake it, which takes longer than most answers: together they wake it once.
   */
  readonly mayWait?: boolean;
}

/** Bodies are sent in pieces of this many bytes, so that progress is visible and little lies in the system's buffers. */
const PIECE = 64 * 1024;

/** Sends bodies to clients that may be slow to accept them. What waits is limited, per client and in total. */
export class Delivery {
  readonly #stallTimeout: number;
  readonly #maxUnsent: number;
  /** The waiting clients; the one that last accepted something is at the end. */
  readonly #waiting = new Set<Sending>();
  /** Small bodies that are sent when the event loop has read from all sockets. */
  readonly #gathered: Small[] = [];
  #unsent = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ stallTimeout, maxUnsent }: DeliveryOptions) {
    this.#stallTimeout = stallTimeout;
    this.#maxUnsent = maxUnsent;
  }

  /** How many bytes wait for clients. */
  get unsent(): number {
    return this.#unsent;
  }

  /**
   * Sends the whole body of an answer, its only part.
   *
   * @param size of the body, in bytes
   */
  send(parcel: Parcel, body: string | Buffer, size: number): void {
    const { to } = parcel;
    if (size <= PIECE) {
      const small = { parcel, body, size };
      if (!parcel.mayWait) this.#sendSmall(small);
      else if (this.#gathered.push(small) === 1) setImmediate(this.#sendGathered);
    } else if (!to.destroyed) {
      const sending = this.#watchUntilClose(parcel, size);
      sendPieces(to, typeof body === 'string' ? Buffer.from(body) : body, (taken) => this.#taken(sending, taken), true);
      this.#cutOffSlowest();
    }
  }

  readonly #sendGathered = (): void => {
    for (const small of this.#gathered.splice(0)) {
      try {
        this.#sendSmall(small);
      } catch {
        // Here nothing would catch it, and the other answers must leave.
        small.parcel.to.destroy();
      }
    }
  };

  #sendSmall({ parcel, body, size }: Small): void {
    const { to, isHeldBack } = parcel;
    to.end(body);
    // This sends most of a small body at once.
    if (size > 0 && to.writableLength > 0 && !isHeldBack) this.#watchUntilClose(parcel, size);
  }

  /** Sends one part of several. @returns when it is sent, or the client is gone */
  sendPart(parcel: Parcel, part: string): Promise<void> {
    if (parcel.to.destroyed) return Promise.resolve();
    const bytes = Buffer.from(part);
    return new Promise((resolve) => {
      const sending = this.#watch(parcel, bytes.length);
      const done = (): void => {
        this.#forget(sending);
        parcel.to.removeListener('close', done);
        resolve();
      };
      parcel.to.once('close', done);
      const taken = (count: number): void => {
        this.#taken(sending, count);
        if (sending.unsent === 0) done();
      };
      sendPieces(parcel.to, bytes, taken, false);
      this.#cutOffSlowest();
    });
  }

  #watch(parcel: Parcel, size: number): Sending {
    const sending: Sending = { parcel, unsent: 0, lastTaken: performance.now() };
    this.#waiting.add(sending);
    this.#change(sending, size);
    this.#timer ??= setInterval(() => this.#cutOffStalled(), Math.max(10, this.#stallTimeout / 8)).unref();
    return sending;
  }

  #watchUntilClose(parcel: Parcel, size: number): Sending {
    const sending = this.#watch(parcel, size);
    parcel.to.once('close', () => this.#forget(sending));
    return sending;
  }

  #taken(sending: Sending, count: number): void {
    if (!this.#waiting.delete(sending)) return;
    sending.lastTaken = performance.now();
    this.#waiting.add(sending);
    this.#change(sending, -count);
  }

  #forget(sending: Sending): void {
    if (!this.#waiting.delete(sending)) return;
    this.#change(sending, -sending.unsent);
  }

  #change(sending: Sending, by: number): void {
    sending.unsent += by;
    this.#unsent += by;
    sending.parcel.note?.(by);
  }

  #cutOffStalled(): void {
    if (this.#waiting.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    const now = performance.now();
    for (const sending of this.#waiting) {
      if (now - sending.lastTaken < this.#stallTimeout) return;
      this.#cutOff(sending);
    }
  }

  #cutOffSlowest(): void {
    for (const sending of this.#waiting) {
      if (this.#unsent <= this.#maxUnsent) return;
      this.#cutOff(sending);
    }
  }

  #cutOff(sending: Sending): void {
    this.#forget(sending);
    const { cutOff, to } = sending.parcel;
    try {
      cutOff();
    } catch {
      // Inside a timer nothing would catch it.
      to.destroy();
    }
  }
}

/** A body that is sent in one piece. */
interface Small {
  readonly parcel: Parcel;
  readonly body: string | Buffer;
  readonly size: number;
}

/** What waits for one client. */
interface Sending {
  readonly parcel: Parcel;
  unsent: number;
  lastTaken: number;
}

function sendPieces(to: Writable, bytes: Buffer, taken: (count: number) => void, isAll: boolean): void {
  let at = 0;
  const next = (error?: Error | null): void => {
    if (error || to.destroyed) return;
    if (at === bytes.length) {
      if (isAll) to.end();
      return;
    }
    const piece = bytes.subarray(at, at + PIECE);
    at += piece.length;
    to.write(piece, (failed) => {
      if (failed) return;
      taken(piece.length);
      next();
    });
  };
  next();
}
