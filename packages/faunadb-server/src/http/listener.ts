import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Connections, endSoon } from '@supertokens-faunadb/traffic';
import type { Application } from './application.js';
import { clientTimedOut, malformed, methodNotAllowed, type Refusal, refusalBody } from './error-answers.js';
import { Http1Exchange, UnreadExchange } from './http1.js';
import { Http2Connection, Http2Exchange } from './http2.js';
import { CONTENT_TYPE } from './response.js';

export interface ListenerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** How many clients may be connected at once; further ones are refused. */
  readonly maxConnections: number;
  /** How long a client may take for the head of a request, in ms. */
  readonly headersTimeout: number;
  /** How long a client may take for a whole request, in ms. */
  readonly requestTimeout: number;
  /** How long a connection may stay idle between requests, in ms. */
  readonly keepAliveTimeout: number;
  /** How long a client may read nothing of its answer, in ms. */
  readonly sendTimeout: number;
}

/** The first bytes of an HTTP/2 connection; no HTTP/1.1 request starts with them. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** How many requests, event streams included, a connection may have in progress; clients queue the rest. */
const MAX_CONCURRENT_STREAMS = 256;
const MAX_HEADER_SIZE = 64 * 1024;
/** How many connections the system accepts while the server is busy. */
const BACKLOG = 4096;
/** How often to check for clients that take too long to send a request, in ms. */
const DEADLINE_CHECK = 5_000;

/** Serves HTTP/1.1 and HTTP/2 on one port. The first bytes of a connection decide the protocol, or ALPN under TLS. */
export class Listener {
  readonly #application: Application;
  readonly #options: ListenerOptions;
  readonly #http1: HttpServer;
  readonly #http2: Http2Server;
  /** Sessions with their sockets: a socket closes at once, a session would wait for its client. */
  readonly #sessions = new Map<ServerHttp2Session, Socket>();
  /** Connections whose protocol is not known yet. */
  readonly #undecided = new Set<Socket>();

  private constructor(application: Application, options: ListenerOptions) {
    this.#application = application;
    this.#options = options;
    this.#http1 = this.#createHttp1(application);
    this.#http2 = createHttp2();
  }

  /** @throws if the port is taken or not permitted. */
  static async open(application: Application, options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(application, options);
    const server = listener.#http1;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: options.host, port: options.port, backlog: BACKLOG }, () => {
        // Later errors are connections that the system could not hand over, which concern no other.
        server.removeListener('error', reject).on('error', application.report);
        resolve();
      });
    });
    return listener;
  }

  get port(): number {
    return (this.#http1.address() as AddressInfo).port;
  }

  /** Refuses new connections, lets requests in progress finish, and closes what is still open after `grace` ms. */
  async close(grace: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http1.close(() => resolve()));
    for (const socket of this.#undecided) socket.destroy();
    for (const session of this.#sessions.keys()) session.close();
    const cutOff = setTimeout(() => {
      this.#http1.closeAllConnections();
      for (const socket of this.#sessions.values()) socket.destroy();
    }, grace);
    await closed;
    clearTimeout(cutOff);
  }

  #createHttp1(application: Application): HttpServer {
    const { tls, headersTimeout, requestTimeout, keepAliveTimeout } = this.#options;
    const limits = {
      headersTimeout,
      requestTimeout,
      keepAliveTimeout,
      connectionsCheckingInterval: Math.min(DEADLINE_CHECK, Math.ceil(requestTimeout / 4)),
      maxHeaderSize: MAX_HEADER_SIZE,
      // Otherwise Node would answer by itself, with a different error than FaunaDB.
      requireHostHeader: false,
    };
    const server = tls
      ? createHttpsServer({
          ...limits,
          handshakeTimeout: headersTimeout,
          cert: tls.cert,
          key: tls.key,
          ALPNProtocols: ['h2', 'http/1.1'],
        })
      : createHttpServer(limits);
    server.maxConnections = this.#options.maxConnections;
    const connections = new Connections(application.turns);
    const handle = (request: IncomingMessage, response: ServerResponse): void =>
      application.handle(new Http1Exchange(request, response, connections.lineOf(request.socket)));
    server.on('request', handle);
    server.on('checkExpectation', handle);
    server.on('connect', (_, socket) => {
      // Node has removed its own listeners, so errors of this connection are ours to handle.
      socket.on('error', () => {});
      refuseOn(socket, methodNotAllowed('GET', 'POST'));
    });
    server.on('clientError', (error: ClientError, socket) => {
      const unread =
        error.code === 'HPE_INVALID_METHOD'
          ? UnreadExchange.from(error.rawPacket, socket, connections.lineOf(socket as Socket))
          : undefined;
      if (unread) application.handle(unread);
      else answerMalformed(error, socket);
    });
    if (tls) {
      // A client that has not completed the handshake cannot be answered.
      server.removeAllListeners('tlsClientError');
      server.on('tlsClientError', (_, socket) => socket.destroy());
    }
    // Look at connections before the HTTP/1.1 server gets them.
    const event = tls ? 'secureConnection' : 'connection';
    const [serveHttp1] = server.listeners(event) as [(socket: Socket) => void];
    server.removeAllListeners(event);
    server.on('connection', () => application.turns.hurry());
    server.on(event, (socket: Socket & { alpnProtocol?: string }) => {
      if (!tls) this.#peek(socket, serveHttp1);
      else if (socket.alpnProtocol === 'h2') this.#serveHttp2(socket);
      else serveHttp1.call(server, socket);
    });
    return server;
  }

  #serveHttp2(socket: Socket): void {
    this.#http2.once('session', (session: ServerHttp2Session) => this.#serveSession(session, socket));
    this.#http2.emit('connection', socket);
  }

  #serveSession(session: ServerHttp2Session, socket: Socket): void {
    this.#sessions.set(session, socket);
    let open = 0;
    session.setTimeout(this.#options.keepAliveTimeout, () => {
      if (open > 0) return;
      session.close();
      endSoon(socket);
    });
    socket.once('close', () => this.#sessions.delete(session));
    session.on('error', () => {});
    const connection = new Http2Connection(session, socket, this.#application.turns, this.#options.sendTimeout);
    session.on('stream', (stream, headers) => {
      open++;
      stream.once('close', () => open--);
      this.#application.handle(new Http2Exchange(stream, headers, connection));
    });
  }

  /** Waits for enough bytes to detect the protocol, puts them back, and hands the connection on. */
  #peek(socket: Socket, serveHttp1: (socket: Socket) => void): void {
    const undecided = this.#undecided.add(socket);
    const ignore = (): void => {};
    const forget = (): void => {
      undecided.delete(socket);
      clearTimeout(timer);
    };
    const timer = setTimeout(() => socket.destroy(), this.#options.headersTimeout);
    socket.setNoDelay(true);
    socket.once('close', forget);
    socket.on('error', ignore);
    let seen: Buffer = Buffer.alloc(0);
    const look = (): void => {
      const piece: Buffer | null = socket.read();
      if (piece === null) return;
      seen = seen.length === 0 ? piece : Buffer.concat([seen, piece]);
      const length = Math.min(seen.length, PREFACE.length);
      const isHttp2 = PREFACE.subarray(0, length).equals(seen.subarray(0, length));
      if (isHttp2 && length < PREFACE.length) return;
      socket.removeListener('readable', look).removeListener('close', forget).removeListener('error', ignore);
      forget();
      socket.unshift(seen);
      if (isHttp2) this.#serveHttp2(socket);
      else serveHttp1.call(this.#http1, socket);
    };
    socket.on('readable', look);
  }
}

function createHttp2(): Http2Server {
  const server = createHttp2Server({ settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS } });
  // The session's own listener and its opener both learn of its end.
  server.on('sessionError', () => {});
  return server;
}

/** Node's error for a request that it cannot parse, with the bytes in question. */
type ClientError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

/** Answers bytes that cannot be parsed as a request. */
function answerMalformed(error: ClientError, socket: Duplex & { _httpMessage?: unknown }): void {
  if (error.code === 'ECONNRESET' || socket._httpMessage) socket.destroy();
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') refuseOn(socket, clientTimedOut);
  else refuseOn(socket, malformed);
}

function refuseOn(socket: Duplex, refusal: Refusal): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = refusalBody(refusal);
  const headers = {
    ...refusal.headers,
    'content-type': CONTENT_TYPE,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  endSoon(socket);
  socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${head.join('')}\r\n${body}`);
}
