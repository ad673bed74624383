import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
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
