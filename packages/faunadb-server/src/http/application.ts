import { isUtf8 } from 'node:buffer';
import type { Engine, EventStream, QueryRequest } from '../engine/engine.js';
import { secretOf } from './authorization.js';
import { addCorsHeaders, isPreflight } from './cors.js';
import {
  clientTimedOut,
  internalError,
  malformed,
  methodNotAllowed,
  notFound,
  type Refusal,
  refusalBody,
  requestTooLarge,
  unauthorized,
} from './errors.js';
import { sendEvents } from './events.js';
import type { Body, Exchange, ResponseHeaders } from './exchange.js';
import type { Observer } from './observation.js';
import { type RequestInfo, requestInfo } from './request-info.js';
import { resourceQuery } from './resource.js';
import { CONTENT_TYPE, type Reply, responseHeaders } from './response.js';
import { type Route, routeOf } from './route.js';
import { parseQueryString, parseTarget, type Target } from './target.js';
import { traceOf } from './trace.js';

export interface ApplicationOptions {
  readonly engine: Engine;
  /** The longest body of a request, in bytes. */
  readonly maxBodySize: number;
  /** The longest evaluation, in ms, whatever a request asks for. */
  readonly queryTimeout: number;
  readonly observer: Observer;
}

/** Answers requests: what FaunaDB's HTTP interface promises, with the engine behind it. */
export class Application {
  readonly #options: ApplicationOptions;
  readonly #streams = new Set<AbortController>();

  constructor(options: ApplicationOptions) {
    this.#options = options;
  }

  /** Ends all streams, which would otherwise keep the server from stopping. */
  endStreams(): void {
    for (const stream of this.#streams) stream.abort();
  }

  /** Answers one request. Never throws and never leaves one unanswered. */
  handle(exchange: Exchange): void {
    const handling = new Handling(this.#options, this.#streams, exchange);
    try {
      handling.begin();
    } catch (error) {
      handling.fail(error);
    }
  }
}

class Handling {
  readonly #options: ApplicationOptions;
  readonly #streams: Set<AbortController>;
  readonly #exchange: Exchange;
  readonly #began = performance.now();
  #route: Route = 'none';
  #info: RequestInfo | undefined;
  #bytesIn = 0;

  constructor(options: ApplicationOptions, streams: Set<AbortController>, exchange: Exchange) {
    this.#options = options;
    this.#streams = streams;
    this.#exchange = exchange;
  }

  begin(): void {
    if (isPreflight(this.#exchange)) this.#send({ status: 200 });
    else {
      const read = this.#readHead();
      if ('status' in read) this.#send(read);
      else this.#readBody(read.target, read.info);
    }
  }

  fail(error: unknown): void {
    this.#options.observer.failed(error);
    try {
      this.#send(refuse(internalError));
    } catch (again) {
      this.#options.observer.failed(again);
    }
  }

  #readHead(): Reply | { target: Target; info: RequestInfo } {
    const target = parseTarget(this.#exchange.target);
    if (!target) return refuse(malformed);
    this.#route = routeOf(target.path);
    const info = requestInfo(this.#exchange, this.#options.queryTimeout);
    if ('refusal' in info) {
      this.#info = info.info;
      return refuse(info.refusal);
    }
    this.#info = info;
    return { target, info };
  }

  #readBody(target: Target, info: RequestInfo): void {
    this.#exchange.readBody(this.#options.maxBodySize, (body) => {
      try {
        const reply = this.#reply(target, info, body);
        // Most replies are there at once; a turn of the event loop is saved where nothing has to be waited for.
        if (reply === undefined) return;
        if (reply instanceof Promise || reply.durable) this.#sendLater(reply).catch((error) => this.fail(error));
        else this.#send(reply);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  /** @returns `undefined` where nothing is left to be sent. */
  #reply(target: Target, info: RequestInfo, body: Body): Reply | Promise<Reply | undefined> | undefined {
    if (body.kind === 'too large') return refuse(requestTooLarge);
    if (body.kind === 'too slow') return refuse(clientTimedOut);
    if (body.kind === 'broken') return undefined;
    this.#bytesIn = body.bytes.length;
    switch (this.#route) {
      case '/':
        return this.#refuseMethod('GET', 'POST') ?? this.#query(target, info, body.bytes);
      case '/linearized':
        return this.#refuseMethod('POST') ?? this.#execute(info, textOf(body.bytes));
      case '/stream':
        return this.#refuseMethod('POST') ?? this.#stream(target, info, body.bytes);
      case '/ping':
        return this.#ping(target);
      case '/authorized':
        return this.#authorized();
      case 'resource':
        return this.#resource(target, info, body.bytes);
      case 'none':
        return refuse(notFound);
    }
  }

  /** Nobody is told which methods a path has before they have shown a secret. */
  #refuseMethod(...methods: string[]): Promise<Reply> | undefined {
    if (methods.includes(this.#exchange.method)) return undefined;
    return this.#refuseOpenly(methodNotAllowed(...methods));
  }

  #query(target: Target, info: RequestInfo, body: Buffer): Reply | Promise<Reply> {
    if (this.#exchange.method === 'POST') return this.#execute(info, textOf(body));
    return this.#execute(info, parseQueryString(target.query).get('q'), { readOnly: 'get requests' });
  }

  #execute(
    { apiVersion, timeout, pretty }: RequestInfo,
    query: string | undefined,
    more?: Pick<QueryRequest, 'readOnly' | 'subject'>,
  ): Reply | Promise<Reply> {
    const request: QueryRequest = { secret: this.#secret(), query, apiVersion, timeout, pretty };
    return this.#options.engine.execute(more ? { ...request, ...more } : request);
  }

  #resource(target: Target, info: RequestInfo, body: Buffer): Reply | Promise<Reply> {
    const { method } = this.#exchange;
    const resource = resourceQuery(method, target.path, parseQueryString(target.query), textOf(body) ?? '');
    const { subject } = resource;
    const about = subject === undefined ? {} : { subject };
    if (!('refusal' in resource)) return this.#execute(info, resource.query, about);
    return this.#refuseMethodOf(resource.refusal, this.#execute(info, 'null', about));
  }

  /** What is not there has no methods, and nobody is told whether it is before they have shown a secret. */
  async #refuseMethodOf(refusal: Refusal, look: Reply | Promise<Reply>): Promise<Reply> {
    const looked = await look;
    return looked.status === 200 ? refuse(refusal) : looked;
  }

  async #stream(target: Target, { apiVersion, timeout }: RequestInfo, body: Buffer): Promise<Reply | undefined> {
    const fields = parseQueryString(target.query).get('fields');
    const request = { secret: this.#secret(), query: textOf(body), apiVersion, fields, timeout };
    const answer = await this.#options.engine.stream(request);
    if (!('events' in answer)) return answer;
    await this.#sendStream(answer);
    return undefined;
  }

  async #sendStream(stream: EventStream): Promise<void> {
    const { observer } = this.#options;
    const headers = this.#headers({ ...stream, headers: { 'x-fauna-stream-id': stream.id } }, 0);
    headers['content-type'] = CONTENT_TYPE;
    const end = new AbortController();
    this.#streams.add(end);
    observer.streamOpened();
    try {
      await sendEvents(this.#exchange, headers, stream, end);
    } finally {
      this.#streams.delete(end);
      observer.streamClosed();
      this.#observe(stream.status, 0);
    }
  }

  /** Whether the server answers at all. Where every scope is one process, it answers for all of them. */
  #ping(target: Target): Reply {
    const { method } = this.#exchange;
    if (method !== 'GET' && method !== 'HEAD') return refuse(methodNotAllowed('GET'));
    if (method === 'HEAD') return { status: 200 };
    const scope = pingScope(parseQueryString(target.query).get('scope'));
    return { status: 200, body: JSON.stringify({ resource: `Scope ${scope} is OK` }) };
  }

  async #authorized(): Promise<Reply> {
    const { method } = this.#exchange;
    if (method !== 'GET' && method !== 'HEAD') return refuse(methodNotAllowed('GET'));
    const opening = await this.#options.engine.authenticate(this.#secret());
    if (method === 'HEAD') return opening ? { status: 200 } : { status: 401, headers: unauthorized.headers! };
    if (!opening) return refuse(unauthorized);
    return { status: 200, body: JSON.stringify({ account: '0', global_id: opening.globalId }) };
  }

  #secret(): string | undefined {
    return secretOf(this.#exchange.header('authorization'));
  }

  /** Says what is wrong to those who have shown a secret, and to others only that they have not. */
  async #refuseOpenly(refusal: Refusal): Promise<Reply> {
    const opening = await this.#options.engine.authenticate(this.#secret());
    return refuse(opening ? refusal : unauthorized);
  }

  async #sendLater(promise: Reply | Promise<Reply | undefined>): Promise<void> {
    const reply = await promise;
    if (!reply) return;
    await reply.durable;
    this.#send(reply);
  }

  #send(reply: Reply): void {
    const { status, body } = reply;
    const bytesOut = body === undefined ? 0 : Buffer.byteLength(body);
    const headers = this.#headers(reply, bytesOut);
    headers['content-length'] = bytesOut;
    if (body !== undefined) headers['content-type'] = CONTENT_TYPE;
    this.#exchange.send(status, headers, body);
    this.#observe(status, bytesOut);
  }

  #headers(reply: Reply, bytesOut: number): ResponseHeaders {
    const elapsed = performance.now() - this.#began;
    const headers = responseHeaders(reply, this.#info, { elapsed, bytesIn: this.#bytesIn, bytesOut });
    addCorsHeaders(this.#exchange, headers);
    headers.traceparent = traceOf(this.#exchange.header('traceparent'));
    return headers;
  }

  #observe(status: number, bytesOut: number): void {
    this.#options.observer.answered({
      method: this.#exchange.method,
      route: this.#route,
      status,
      duration: performance.now() - this.#began,
      bytesIn: this.#bytesIn,
      bytesOut,
    });
  }
}

function refuse(refusal: Refusal): Reply {
  const { status, headers } = refusal;
  return headers ? { status, headers, body: refusalBody(refusal) } : { status, body: refusalBody(refusal) };
}

function pingScope(given = 'write'): string {
  switch (given) {
    case 'all':
      return 'all';
    case 'write':
    case 'global':
      return 'write';
    case 'read':
    case 'local':
      return 'read';
    default:
      return 'node';
  }
}

/** What is no UTF-8 is no JSON: the text then is one that is none either. */
function textOf(body: Buffer): string | undefined {
  if (body.length === 0) return undefined;
  return isUtf8(body) ? body.toString('utf8') : '\ufffd';
}
