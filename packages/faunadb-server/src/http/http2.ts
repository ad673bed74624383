import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Writable } from 'node:stream';
import { type Body, collect, type Exchange, type ResponseHeaders } from './exchange.js';

export class Http2Exchange implements Exchange {
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #bodyTimeout: number;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, bodyTimeout: number) {
    this.#stream = stream;
    this.#headers = headers;
    this.#bodyTimeout = bodyTimeout;
    stream.on('error', () => {});
  }

  get method(): string {
    return this.#headers[':method']!;
  }

  get target(): string {
    // CONNECT has none.
    return this.#headers[':path'] ?? '';
  }

  header(name: string): string | undefined {
    return this.#headers[name] as string | undefined;
  }

  readBody(limit: number, done: (body: Body) => void): void {
    collect(this.#stream, limit, this.#bodyTimeout, done);
  }

  send(status: number, headers: ResponseHeaders, body: string | undefined): void {
    if (this.#stream.destroyed) return;
    const unread = !this.#stream.readableEnded;
    this.#stream.respond(
      { ...headers, ':status': status },
      { endStream: body === undefined || this.method === 'HEAD' },
    );
    if (body !== undefined && this.method !== 'HEAD') this.#stream.end(body);
    if (unread) this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }

  open(status: number, headers: ResponseHeaders): Writable {
    if (!this.#stream.destroyed) this.#stream.respond({ ...headers, ':status': status });
    return this.#stream;
  }

  onClose(callback: () => void): void {
    this.#stream.once('close', callback);
  }
}
