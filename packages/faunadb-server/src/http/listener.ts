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
import { clientTimedOut, malformed, methodNotAllowed, type Refusal, refusalBody } from './errors.js';
import { Http1Exchange, UnreadExchange } from './http1.js';
import { Http2Connection, Http2Exchange } from './http2.js';
import { CONTENT_TYPE } from './response.js';

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** How many clients may be connected at once; more are turned away. */
  readonly maxConnections: number;
  /** How long a client may take for the head of a request, in ms. */
  readonly headersTimeout: number;
  /** How long a client may take for a whole request, in ms. */
  readonly requestTimeout: number;
  /** How long a connection may rest between requests, in ms. */
  readonly keepAliveTimeout: number;
  /** How long a client may take nothing of what it is sent, in ms. */
  readonly sendTimeout: number;
}

/** What an HTTP/2 connection begins with; no HTTP/1.1 request does. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** How many requests, event streams among them, a connection may have under way; clients keep more to themselves. */
const MAX_CONCURRENT_STREAMS = 256;
const MAX_HEADER_SIZE = 64 * 1024;
/** Connections that the system accepts while the server is busy with those it has. */
const BACKLOG = 4096;
/** How often it is looked who takes too long to send a request, in ms. */
const DEADLINE_CHECK = 5_000;

/** Serves HTTP/1.1 and HTTP/2 on one port: told apart by a connection's first bytes, or under TLS by what was negotiated. */
export class Listener {
  readonly #application: Application;
  readonly #options: ListenerOptions;
  readonly #http1: HttpServer;
  readonly #http2: Http2Server;
  /** With the sockets that they are on, which end at once where a session would wait for its client. */
  readonly #sessions = new Map<ServerHttp2Session, Socket>();
  /** Connections that have not shown yet which protocol they speak. */
  readonly #undecided = new Set<Socket>();

  private constructor(application: Application, options: ListenerOptions) {
    this.#application = application;
    this.#options = options;
    this.#http1 = this.#createHttp1(application);
    this.#http2 = createHttp2();
  }

  /** @throws where the port is taken or may not be used. */
  static async open(application: Application, options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(application, options);
    const server = listener.#http1;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: options.host, port: options.port, backlog: BACKLOG }, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
    return listener;
  }

  get port(): number {
    return (this.#http1.address() as AddressInfo).port;
  }

  /** Takes no more connections, lets requests under way end, and cuts off what has not ended after `grace` ms. */
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
      // Else Node would answer by itself, in words that are not FaunaDB's.
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
      // Node has taken its own listeners away: the connection is ours, with all that becomes of it.
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
      // Who has not come through the handshake cannot be answered.
      server.removeAllListeners('tlsClientError');
      server.on('tlsClientError', (_, socket) => socket.destroy());
    }
    // Connections are looked at before the HTTP/1.1 server gets them.
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

  /** Waits for as many bytes as tell the protocols apart, puts them back, and hands the connection on. */
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
  // Its end is told to the session's own listener, and whoever made it is told as well.
  server.on('sessionError', () => {});
  return server;
}

/** What Node says when it cannot read a request, with the bytes that it could not read. */
type ClientError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

/** Answers what cannot be read as a request at all. */
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
