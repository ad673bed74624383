import { constants, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Body, Intake, Line, Parcel, Turns } from '@supertokens-faunadb/traffic';
import type { Exchange, ResponseHeaders } from './exchange.js';

/** How many queries of one connection may be computed at once when they need work outside the main thread. */
const AT_ONCE = 8;
/** No query of a connection starts while more bytes than this of earlier answers are waiting for its client. */
const MAX_UNSENT = 8 * 1024 * 1024;

/** The state that the requests of one HTTP/2 connection share. */
export class Http2Connection {
  readonly line: Line;
  readonly #session: ServerHttp2Session;
  readonly #socket: Socket;
  readonly #stallTimeout: number;
  /** Requests that are waiting for their turn, with the time they arrived. */
  readonly #waiting = new Map<ServerHttp2Stream, number>();
  #unsent = 0;
  #isDoubted = false;

  constructor(session: ServerHttp2Session, socket: Socket, turns: Turns, stallTimeout: number) {
    this.#session = session;
    this.#socket = socket;
    this.#stallTimeout = stallTimeout;
    this.line = turns.line({ atOnce: AT_ONCE, isBlocked: () => this.#unsent >= MAX_UNSENT });
  }

  readonly note = (change: number): void => {
    const wasBlocked = this.#unsent >= MAX_UNSENT;
    this.#unsent += change;
    if (wasBlocked && this.#unsent < MAX_UNSENT) this.line.look();
  };

  /** Called for each stream; call {@link begun} when its turn has come or it is answered earlier. */
  opened(stream: ServerHttp2Stream): void {
    this.#waiting.set(stream, performance.now());
    stream.once('close', () => this.#waiting.delete(stream));
  }

  begun(stream: ServerHttp2Stream): void {
    this.#waiting.delete(stream);
  }

  /**
   * Ends a stream that its client does not read, with those that have waited for it as long; ends the connection if its
   * client reads nothing at all.
   */
  cutOff(stream: ServerHttp2Stream): void {
    this.#end(stream);
    const since = performance.now() - this.#stallTimeout;
    for (const [other, came] of this.#waiting) if (came <= since && other.readableEnded) this.#end(other);
    if (this.#isDoubted || this.#session.destroyed) return;
    this.#isDoubted = true;
    // A session would wait until its last frames are read; a socket does not.
    const timer = setTimeout(() => this.#socket.destroy(), this.#stallTimeout);
    const forget = (): void => clearTimeout(timer);
    this.#socket.once('close', forget);
    this.#session.ping((error) => {
      if (error) return;
      forget();
      this.#socket.removeListener('close', forget);
      this.#isDoubted = false;
    });
  }

  #end(stream: ServerHttp2Stream): void {
    stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    stream.destroy();
  }
}

export class Http2Exchange implements Exchange {
  readonly isSerial = false;
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #connection: Http2Connection;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Http2Connection) {
    this.#stream = stream;
    this.#headers = headers;
    this.#connection = connection;
    stream.on('error', () => {});
    connection.opened(stream);
  }

  get method(): string {
    return this.#headers[':method']!;
  }

  get target(): string {
    // CONNECT has no path.
    return this.#headers[':path'] ?? '';
  }

  get line(): Line {
    return this.#connection.line;
  }

  get isClosed(): boolean {
    return this.#stream.destroyed;
  }

  header(name: string): string | undefined {
    return this.#headers[name] as string | undefined;
  }

  readBody(intake: Intake, done: (body: Body) => void): void {
    intake.take(this.#stream, done);
  }

  open(status: number, headers: ResponseHeaders, hasBody: boolean): Parcel | undefined {
    const stream = this.#stream;
    this.begun();
    if (stream.destroyed || stream.closed) return undefined;
    const endStream = !hasBody || this.method === 'HEAD';
    stream.respond({ ...headers, ':status': status }, { endStream });
    // The rest of the request is not read.
    if (!stream.readableEnded) {
      if (endStream) stream.close(constants.NGHTTP2_NO_ERROR);
      else stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR));
    }
    if (endStream) return undefined;
    const connection = this.#connection;
    return { to: stream, cutOff: () => connection.cutOff(stream), note: connection.note };
  }

  begun(): void {
    this.#connection.begun(this.#stream);
  }

  onClose(callback: () => void): void {
    this.#stream.once('close', callback);
  }
}
