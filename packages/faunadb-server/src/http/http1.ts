import { type IncomingMessage, METHODS, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import { type Body, collect, type Exchange, type ResponseHeaders } from './exchange.js';

export class Http1Exchange implements Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
    // A connection that breaks is told by `close`; an error without a listener would end the process.
    request.on('error', () => {});
    response.on('error', () => {});
  }

  get method(): string {
    return this.#request.method!;
  }

  get target(): string {
    return this.#request.url!;
  }

  header(name: string): string | undefined {
    return this.#request.headers[name] as string | undefined;
  }

  readBody(limit: number, done: (body: Body) => void): void {
    // How long a body may take is the server's `requestTimeout`.
    collect(this.#request, limit, undefined, done);
  }

  send(status: number, headers: ResponseHeaders, body: string | undefined): void {
    if (!this.#request.complete) {
      // What is still to come of the request is not read: the connection can serve no other.
      this.#response.shouldKeepAlive = false;
      this.#response.once('finish', () => this.#request.destroy());
    }
    this.#response.writeHead(status, headers);
    this.#response.end(this.method === 'HEAD' ? undefined : body);
  }

  open(status: number, headers: ResponseHeaders): Writable {
    this.#response.writeHead(status, headers);
    this.#response.flushHeaders();
    return this.#response;
  }

  onClose(callback: () => void): void {
    this.#response.once('close', callback);
  }
}

const HEAD = /^([!#$%&'*+\-.^_`|~\w]+) (\S+) HTTP\/1\.[01]\r\n([\s\S]*?)(?<=\r\n)\r\n/;

/** A request whose method Node does not know, and which it has not read therefore. It is answered without its body. */
export class UnreadExchange implements Exchange {
  readonly #headers = new Map<string, string>();

  private constructor(
    readonly method: string,
    readonly target: string,
    head: string,
    readonly socket: Duplex,
  ) {
    for (const line of head.split('\r\n')) {
      const [, name, value] = /^([^:]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
      if (name !== undefined) this.#headers.set(name.toLowerCase(), value!);
    }
  }

  /** @returns `undefined` where the bytes do not begin with the whole head of such a request. */
  static from(bytes: Buffer | undefined, socket: Duplex): UnreadExchange | undefined {
    const [, method, target, head] = HEAD.exec(bytes?.toString('latin1') ?? '') ?? [];
    // Where it follows another request, its place is not known.
    if (method === undefined || METHODS.includes(method)) return undefined;
    return new UnreadExchange(method, target!, head!, socket);
  }

  header(name: string): string | undefined {
    return this.#headers.get(name);
  }

  readBody(_limit: number, done: (body: Body) => void): void {
    done({ kind: 'whole', bytes: Buffer.alloc(0) });
  }

  send(status: number, headers: ResponseHeaders, body: string | undefined): void {
    this.open(status, headers).end(body);
  }

  open(status: number, headers: ResponseHeaders): Writable {
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    if (this.socket.writable) this.socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`);
    return this.socket;
  }

  onClose(callback: () => void): void {
    this.socket.once('close', callback);
  }
}
