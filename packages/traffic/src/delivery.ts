import type { Writable } from 'node:stream';

/** What may wait for clients. */
export interface DeliveryOptions {
  /** How long a client may take nothing of what it is sent, in ms, before it is cut off. */
  readonly stallTimeout: number;
  /** How many bytes may wait for all clients together. When there are more, who has taken nothing for longest is cut off. */
  readonly maxUnsent: number;
}

/** Where a body goes: the response of a request. */
export interface Parcel {
  /** Its `close` event says that all is sent or the client is gone. */
  readonly to: Writable;
  /** Cuts the client off, which ends in `close`. */
  readonly cutOff: () => void;
  /** Is told of changes of what waits here, in bytes. */
  readonly note?: (change: number) => void;
  /** Whether the server itself still holds it back, because it follows another answer: then its client cannot take it. */
  readonly isHeldBack?: boolean;
}

/** Bodies go out in pieces of so many bytes, so that it is seen whether any is taken, and little lies in buffers of the system. */
const PIECE = 64 * 1024;

/** Sends bodies to clients, who may be slow to take them. What waits for them is bounded, each alone and all together. */
export class Delivery {
  readonly #stallTimeout: number;
  readonly #maxUnsent: number;
  /** Who waits, the one who took something last at the end. */
  readonly #waiting = new Set<Sending>();
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
   * Sends the whole body of an answer, after which nothing comes.
   *
   * @param size of the body, in bytes
   */
  send(parcel: Parcel, body: string, size: number): void {
    const { to } = parcel;
    if (size <= PIECE) {
      to.end(body);
      // Most of what is small is gone with that.
      if (size > 0 && to.writableLength > 0 && !parcel.isHeldBack) this.#watchUntilClose(parcel, size);
    } else if (!to.destroyed) {
      const sending = this.#watchUntilClose(parcel, size);
      sendPieces(to, Buffer.from(body), (taken) => this.#taken(sending, taken), true);
      this.#cutOffSlowest();
    }
  }

  /** Sends a part, after which others come. @returns when it is taken, or the client is gone */
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
      // In a timer nobody would catch it.
      to.destroy();
    }
  }
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
