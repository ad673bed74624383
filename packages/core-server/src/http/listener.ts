import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { page, text } from './answer.js';
import type { Dispatcher } from './dispatcher.js';

/** The largest body that is read, in bytes. */
const LARGEST_BODY = 10 * 1024 * 1024;
/** Clients keep connections for their next request; one that they are about to use must not be closed under them. */
const KEEP_ALIVE = 65_000;
/** How long a closing server waits for the requests under way. */
const GRACE = 10_000;

/**
 * The HTTP/1.1 server. It is node's own: routing, decoding and the order of checks follow the real Core's rules, which
 * are none of a framework's, so a framework would have nothing left to do here but to read bodies.
 */
export class Listener {
  readonly #server: Server;

  constructor(private readonly dispatcher: Dispatcher) {
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.on('clientError', answerUnreadable);
  }

  /** @returns the port, which the system chooses when 0 is given. @throws Error when host and port cannot be had */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Lets the requests under way finish and accepts no more. A client that does not finish its own is waited for a while. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const impatience = setTimeout(() => this.#server.closeAllConnections(), GRACE);
    await closed;
    clearTimeout(impatience);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const answer =
      body === 'too large'
        ? text(413, `The body is larger than ${LARGEST_BODY} bytes`)
        : await this.dispatcher.answer({
            method: request.method ?? 'GET',
            target: request.url ?? '/',
            headers: request.headers,
            address: request.socket.remoteAddress ?? '',
            body,
          });
    if (body === 'too large') response.setHeader('connection', 'close');
    if (!this.#server.listening) response.setHeader('connection', 'close');
    const headers = {
      ...answer.headers,
      ...(answer.type && { 'content-type': answer.type }),
      'content-length': Buffer.byteLength(answer.body),
    };
    response.writeHead(answer.status, headers).end(answer.body);
  }
}

// What is not HTTP, or asks in a way that HTTP does not know.
function answerUnreadable({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, type, body } =
    code === 'HPE_INVALID_METHOD' ? page(501, 'Not Implemented') : page(400, 'Bad Request');
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const NOTHING = Buffer.alloc(0);

function readBody(request: IncomingMessage): Promise<Buffer | 'too large'> | Buffer {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if ((length === undefined || length === '0') && encoding === undefined) return NOTHING;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_BODY) resolve('too large');
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client went away')));
  });
}
