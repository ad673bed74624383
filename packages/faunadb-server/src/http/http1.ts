import { type IncomingMessage, METHODS, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Body, Intake, Line, Parcel } from '@supertokens-faunadb/traffic';
import type { Exchange, ResponseHeaders } from './exchange.js';

export class Http1Exchange implements Exchange {
  readonly isSerial = true;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    readonly line: Line,
  ) {
    this.#request = request;
    this.#response = response;
    // `close` reports a broken connection; an error without a listener would end the process.
    request.on('error', () => {});
    response.on('error', () => {});
  }

  get method(): string {
    return this.#request.method!;
  }

  get target(): string {
    return this.#request.url!;
  }

  get isClosed(): boolean {
    return this.#response.destroyed || this.#request.socket.destroyed;
  }

  header(name: string): string | undefined {
    return this.#request.headers[name] as string | undefined;
  }

  readBody(intake: Intake, done: (body: Body) => void): void {
    intake.take(this.#request, done);
  }

  open(status: number, headers: ResponseHeaders, hasBody: boolean): Parcel | undefined {
    if (this.isClosed) return undefined;
    if (!this.#request.complete) {
      // The rest of the request is not read, so the connection cannot be used again.
      this.#response.shouldKeepAlive = false;
      this.#response.once('finish', () => this.#request.destroy());
    }
    this.#response.writeHead(status, headers);
    if (hasBody && this.method !== 'HEAD') {
      const isHeldBack = this.#response.socket === null;
      return { to: this.#response, cutOff: this.#cutOff, isHeldBack, mayWait: true };
    }
    this.#response.end();
    return undefined;
  }

  onClose(callback: () => void): void {
    this.#response.once('close', callback);
  }

  readonly #cutOff = (): void => {
    this.#request.socket.destroy();
  };
}

const HEAD = /^([!#$%&'*+\-.^_`|~\w]+) (\S+) HTTP\/1\.[01]\r\n([\s\S]*?)(?<=\r\n)\r\n/;

/** A request with a method that Node does not know and so has not read. It is answered without its body. */
export class UnreadExchange implements Exchange {
  readonly isSerial = true;
  readonly #headers = new Map<string, string>();

  private constructor(
    readonly method: string,
    readonly target: string,
    head: string,
    readonly socket: Duplex,
    readonly line: Line,
  ) {
    for (const line of head.split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) this.#headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
  }

  /** @returns `undefined` if the bytes do not start with the complete head of such a request. */
  static from(bytes: Buffer | undefined, socket: Duplex, line: Line): UnreadExchange | undefined {
    const [, method, target, head] = HEAD.exec(bytes?.toString('latin1') ?? '') ?? [];
    // If it follows another request, its start is unknown.
    if (method === undefined || METHODS.includes(method)) return undefined;
    return new UnreadExchange(method, target!, head!, socket, line);
  }

  header(name: string): string | undefined {
    return this.#headers.get(name);
  }

  get isClosed(): boolean {
    return !this.socket.writable;
  }

  readBody(_intake: Intake, done: (body: Body) => void): void {
    done({ kind: 'whole', bytes: Buffer.alloc(0) });
  }

  open(status: number, headers: ResponseHeaders, hasBody: boolean): Parcel | undefined {
    if (this.isClosed) return undefined;
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`);
    if (hasBody) return { to: this.socket, cutOff: () => this.socket.destroy() };
    this.socket.end();
    return undefined;
  }

  onClose(callback: () => void): void {
    this.socket.once('close', callback);
  }
}
