import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Line, Turn, Turns } from './turns.js';

/** How many requests of one HTTP/1.1 connection may wait. Beyond that, reading pauses until half of them have begun. */
const MAX_PIPELINED = 64;
/** How long a client may take to close a connection that the server has closed, in ms. */
const LINGER = 2_000;

/** The lines of HTTP/1.1 connections. Each line serves one request at a time. */
export class Connections {
  readonly #turns: Turns;
  readonly #lines = new WeakMap<Duplex, Line>();

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  /** The line of a socket's requests. Reading pauses while a client sends faster than it is answered. */
  lineOf(socket: Socket): Line {
    const known = this.#lines.get(socket);
    if (known !== undefined) return known;
    const regulator = new Regulator(socket);
    const line = this.#turns.line({ atOnce: 1, onLength: (length) => regulator.regulate(length) });
    this.#lines.set(socket, line);
    return line;
  }
}

/** How long a refused client should wait before it retries, in ms. One that returns sooner waits for the remainder. */
const RETRY_AFTER = 1_000;

/** Refusals take turns with served requests, as one secret or kind of request does with others. */
const REFUSED = 'refused';

/**
 * Answers clients to retry later: new ones soon, repeated ones after a delay, so that refusing takes little time.
 */
export class Refusals {
  readonly #until = new WeakMap<Line, number>();

  /** @param line whose client is refused, by `answer` */
  refuse(line: Line, answer: () => void): void {
    const now = performance.now();
    const wait = (this.#until.get(line) ?? now) - now;
    this.#until.set(line, now + Math.max(0, wait) + RETRY_AFTER);
    const enter = (): void => {
      const answerTurn = (turn: Turn): void => {
        turn.over();
        answer();
      };
      line.enter(REFUSED, answerTurn, true);
    };
    if (wait <= 0) enter();
    else setTimeout(enter, wait).unref();
  }
}

/** Closes a connection that this side has ended, whatever its client does. */
export function endSoon(socket: Duplex): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), LINGER).unref();
  socket.once('close', () => clearTimeout(timer));
}

class Regulator {
  readonly #socket: Socket;
  #isPaused = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  regulate(length: number): void {
    if (!this.#isPaused && length >= MAX_PIPELINED) {
      this.#isPaused = true;
      // Requests that arrived in the same chunk are still being parsed, which resumes the socket.
      setImmediate(() => this.#isPaused && this.#socket.pause());
    } else if (this.#isPaused && length <= MAX_PIPELINED / 2) {
      this.#isPaused = false;
      setImmediate(() => this.#isPaused || this.#socket.resume());
    }
  }
}
