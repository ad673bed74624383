import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Line, Turn, Turns } from './turns.js';

/** So many requests of one HTTP/1.1 connection may wait; then no more is read of it until half of them have begun. */
const MAX_PIPELINED = 64;
/** How long a client may take to close a connection that the server has closed, in ms. */
const LINGER = 2_000;

/** The lines of HTTP/1.1 connections, in each of which one request is served after the other. */
export class Connections {
  readonly #turns: Turns;
  readonly #lines = new WeakMap<Duplex, Line>();

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  /** The line of the requests that come on a socket; who sends faster than is answered is read no more for a while. */
  lineOf(socket: Socket): Line {
    const known = this.#lines.get(socket);
    if (known !== undefined) return known;
    const regulator = new Regulator(socket);
    const line = this.#turns.line({ atOnce: 1, onLength: (length) => regulator.regulate(length) });
    this.#lines.set(socket, line);
    return line;
  }
}

/** After so long who was told to come again later may do so, in ms; who comes at once waits for the rest of it. */
const RETRY_AFTER = 1_000;

/** Who is told to come again later takes turns with those who are served, as one secret or kind of requests does with others. */
const REFUSED = 'refused';

/** Tells clients to come again later: soon to those who were not told before, so that nobody is busy with telling it. */
export class Refusals {
  readonly #until = new WeakMap<Line, number>();

  /** @param line that is told, by `tell` */
  refuse(line: Line, tell: () => void): void {
    const now = performance.now();
    const wait = (this.#until.get(line) ?? now) - now;
    this.#until.set(line, now + Math.max(0, wait) + RETRY_AFTER);
    const enter = (): void => {
      const told = (turn: Turn): void => {
        turn.over();
        tell();
      };
      line.enter(REFUSED, told, true);
    };
    if (wait <= 0) enter();
    else setTimeout(enter, wait).unref();
  }
}

/** Ends a connection that was closed on this side, whatever its client does. */
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
      // The requests that came in the same piece are being read, whereby the socket is told to go on.
      setImmediate(() => this.#isPaused && this.#socket.pause());
    } else if (this.#isPaused && length <= MAX_PIPELINED / 2) {
      this.#isPaused = false;
      setImmediate(() => this.#isPaused || this.#socket.resume());
    }
  }
}
