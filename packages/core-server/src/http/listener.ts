import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type Body,
  Connections,
  Delivery,
  endSoon,
  Intake,
  Refusals,
  type Turn,
  Turns,
} from '@supertokens-faunadb/traffic';
import { kindOf, MAX_UNDER_WAY } from './admission.js';
import { type Answer, page, text } from './answer.js';
import type { Dispatcher } from './dispatcher.js';

/** Maximum concurrent connections, as in the real Core's servlet container. */
const MAX_CONNECTIONS = 10_000;
/** Connections that the system queues while the server is busy. */
const BACKLOG = 4096;
/** Maximum bytes of incomplete request bodies in memory. */
const MAX_UNFINISHED = 256 * 1024 * 1024;
/** Maximum size of a request body, in bytes. */
const LARGEST_BODY = 10 * 1024 * 1024;
/** Interval at which request timeouts are checked, in milliseconds. */
const DEADLINE_CHECK = 5_000;
/** Milliseconds to keep an idle connection: longer than clients do, so that none is closed as a client reuses it. */
const KEEP_ALIVE = 65_000;
/** How long a closing server waits for requests in progress, in milliseconds. */
const GRACE = 10_000;

/** Limits on clients. */
export interface Limits {
  /** How long a client may take to send a request, in milliseconds. */
  readonly requestTimeout: number;
  /** How long a client may read nothing of its answer, in milliseconds. */
  readonly sendTimeout: number;
  /** Maximum bytes of unsent answers, for all clients together. */
  readonly maxUnsentBytes: number;
  /** Maximum connections with a queued write request; further ones get 503. */
  readonly maxWaiting: number;
}

export const LIMITS: Limits = {
  requestTimeout: 60_000,
  sendTimeout: 30_000,
  maxUnsentBytes: 128 * 1024 * 1024,
  maxWaiting: 1024,
};

/** Certificate chain and private key, in PEM. */
export interface Tls {
  /** The certificate, followed by those that vouch for it. */
  readonly cert: string | Buffer;
  /** The certificate's private key. */
  readonly key: string | Buffer;
}

/**
 * The HTTP/1.1 server, on Node's own. Routing, decoding and the order of checks follow the real Core, so a framework would
 * only read bodies.
 */
export class Listener {
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #refusals = new Refusals();
  readonly #intake: Intake;
  readonly #delivery: Delivery;
  readonly #dispatcher: Dispatcher;
  readonly #report: (error: unknown) => void;

  /**
   * @param tls absent: no TLS
   * @param report receives internal errors, which no client sees; it must not throw
   */
  constructor(
    dispatcher: Dispatcher,
    { requestTimeout, sendTimeout, maxUnsentBytes, maxWaiting }: Limits,
    tls: Tls | undefined,
    report: (error: unknown) => void,
  ) {
    this.#dispatcher = dispatcher;
    this.#report = report;

    const turns = new Turns({ atOncePerGroup: MAX_UNDER_WAY, maxWaiting, report });
    this.#connections = new Connections(turns);
    this.#intake = new Intake({
      maxBodySize: LARGEST_BODY,
      maxUnfinished: MAX_UNFINISHED,
      bodyTimeout: requestTimeout,
    });
    this.#delivery = new Delivery({ stallTimeout: sendTimeout, maxUnsent: maxUnsentBytes });
    const settings = {
      keepAliveTimeout: KEEP_ALIVE,
      headersTimeout: requestTimeout,
      requestTimeout,
      connectionsCheckingInterval: Math.min(DEADLINE_CHECK, Math.ceil(requestTimeout / 4)),
    };
    this.#server =
      tls === undefined
        ? createServer(settings)
        : createSecureServer({ ...settings, ...tls, handshakeTimeout: requestTimeout });
    if (tls !== undefined) {
      // A client whose TLS handshake failed cannot be answered.
      this.#server.removeAllListeners('tlsClientError');
      this.#server.on('tlsClientError', (_, socket: Duplex) => socket.destroy());
    }
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('request', (request, response) => this.#receive(request, response));
    this.#server.on('connection', () => turns.hurry());
    this.#server.on('clientError', answerUnreadable);
    this.#server.on('connect', (_, socket) => {
      // Node has removed its own listeners, so this server must handle errors of the connection.
      socket.on('error', () => {});
      refuseOn(socket, page(501, 'CONNECT is not supported'));
    });
  }

  /** @returns the port, chosen by the system if 0 is given. @throws Error when the server cannot listen on host and port */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, host, backlog: BACKLOG }, () => {
        // Later errors are connections that the system could not hand over, which concern no other.
        this.#server.off('error', reject).on('error', this.#report);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops accepting requests and waits, for a limited time, until those in progress are finished. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const deadline = setTimeout(() => this.#server.closeAllConnections(), GRACE);
    await closed;
    clearTimeout(deadline);
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    // The event `close` reports a broken connection; an error event without a listener would end the process.
    request.on('error', () => {});
    response.on('error', () => {});
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if ((length === undefined || length === '0') && encoding === undefined) this.#takeTurn(request, response, NOTHING);
    else this.#intake.take(request, (body) => this.#takeTurn(request, response, body));
  }

  #takeTurn(request: IncomingMessage, response: ServerResponse, body: Body): void {
    if (body.kind === 'broken') return;
    if (body.kind !== 'whole') this.#refuse(request, response, REFUSALS[body.kind]);
    else {
      const kind = kindOf(request.method, request.url);
      const begin = (turn: Turn): void => {
        if (response.destroyed || request.socket.destroyed) turn.over();
        else void this.#serve(request, response, body.bytes, turn);
      };
      const line = this.#connections.lineOf(request.socket);
      const entered = line.enter(kind, begin, kind === 'reads');
      if (entered === 'full') this.#refusals.refuse(line, () => this.#refuse(request, response, OVERLOADED));
      else if (entered !== 'begun') response.once('close', entered);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse, body: Buffer, turn: Turn): Promise<void> {
    response.once('close', turn.over);
    try {
      const answer = await this.#dispatcher.answer({
        method: request.method ?? 'GET',
        target: request.url ?? '/',
        headers: request.headers,
        address: request.socket.remoteAddress ?? '',
        body,
      });
      this.#write(request, response, answer);
    } catch (error) {
      this.#fail(request, error);
    } finally {
      turn.computed();
    }
  }

  #refuse(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    this.#dispatcher.refused(request.method ?? 'GET', request.headers, answer);
    this.#send(request, response, answer);
  }

  #fail(request: IncomingMessage, error: unknown): void {
    this.#report(error);
    request.socket.destroy();
  }

  #send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    try {
      this.#write(request, response, answer);
    } catch (error) {
      this.#fail(request, error);
    }
  }

  #write(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    if (response.destroyed || request.socket.destroyed) return;
    // The rest of the request is not read, so the connection cannot be reused.
    const isBroken = !request.complete;
    if (isBroken) response.once('finish', () => endSoon(request.socket));
    const size = Buffer.byteLength(answer.body);
    const headers: OutgoingHttpHeaders = { ...answer.headers, 'content-length': size };
    if (answer.type !== undefined) headers['content-type'] = answer.type;
    if (isBroken || !this.#server.listening) headers.connection = 'close';
    response.writeHead(answer.status, headers);
    if (request.method === 'HEAD') response.end();
    else {
      const cutOff = () => request.socket.destroy();
      // Writes are answered together anyway, when the disk has them.
      const mayWait = kindOf(request.method, request.url) === 'reads';
      const parcel = { to: response, cutOff, isHeldBack: response.socket === null, mayWait };
      this.#delivery.send(parcel, answer.body, size);
    }
  }
}

const NOTHING: Body = { kind: 'whole', bytes: Buffer.alloc(0) };

/** The answer when too many requests are queued. */
const OVERLOADED: Answer = {
  ...text(503, 'Too many requests are waiting, try again later'),
  headers: { 'retry-after': '1' },
};

const REFUSALS: Readonly<Record<'too large' | 'too slow' | 'too much', Answer>> = {
  'too large': text(413, `The body is larger than ${LARGEST_BODY} bytes`),
  'too slow': text(408, 'The body took too long'),
  'too much': OVERLOADED,
};

// Answers requests that are not valid HTTP.
function answerUnreadable({ code }: NodeJS.ErrnoException, socket: Duplex & { _httpMessage?: unknown }): void {
  // Part of an answer has been sent, so no other can be.
  if (socket._httpMessage) socket.destroy();
  else if (code === 'HPE_INVALID_METHOD') refuseOn(socket, page(501, 'Not Implemented'));
  else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') refuseOn(socket, page(408, 'Request Timeout'));
  else refuseOn(socket, page(400, 'Bad Request'));
}

function refuseOn(socket: Duplex, { status, type, body }: Answer): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  endSoon(socket);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
