import { isUtf8 } from 'node:buffer';
import { DamagedData, DiskFailure } from '@supertokens-faunadb/store';
import { type Body, Delivery, Intake, Refusals, type Turn, Turns } from '@supertokens-faunadb/traffic';
import type {
  Answer,
  Engine,
  EventStream,
  QueryRequest,
  Request10,
  StreamRequest,
  StreamRequest10,
} from '../engine/engine.js';
import { QueryEnded } from '../values/query-ended.js';
import { secretOf } from './authorization.js';
import { addCorsHeaders, isPreflight } from './cors.js';
import {
  clientTimedOut,
  damaged,
  internalError,
  malformed,
  methodNotAllowed,
  notFound,
  type Refusal,
  refusalBody,
  requestTooLarge,
  timedOut,
  tooManyRequests,
  unauthorized,
  unavailable,
} from './error-answers.js';
import { sendEvents } from './event-stream.js';
import type { Exchange, ResponseHeaders } from './exchange.js';
import type { Observer } from './observation.js';
import { type RequestInfo, requestInfo } from './request-info.js';
import { DEFAULT_TIMEOUT, feedTimeout10, requestInfo10 } from './request10.js';
import { resourceQuery } from './resource.js';
import { CONTENT_TYPE, type Reply, replyOf, replyOf10, responseHeaders } from './response.js';
import { type Route, routeOf } from './route.js';
import { schemaRequest10 } from './schema-request10.js';
import { parseQueryString, parseTarget, type Target } from './target.js';
import { traceOf } from './trace.js';

export interface ApplicationOptions {
  readonly engine: Engine;
  /** The longest request body, in bytes. */
  readonly maxBodySize: number;
  /** How long the body of a request may take, in ms. */
  readonly requestTimeout: number;
  /** How long a client may read nothing of its answer, in ms. */
  readonly sendTimeout: number;
  /** How many bytes of answers may wait for all clients together. */
  readonly maxUnsentBytes: number;
  /** How many connections with one secret may have a query waiting. */
  readonly maxWaitingQueries: number;
  /** The longest time that an evaluation may take, in ms, whatever a request asks for. */
  readonly queryTimeout: number;
  readonly observer: Observer;
}

/** The most bytes of unfinished request bodies, for all requests together. */
const MAX_UNFINISHED = 256 * 1024 * 1024;

/** Answers requests: FaunaDB's HTTP interface in front of the engine. */
export class Application {
  /** Decides whose query begins next. */
  readonly turns: Turns;
  /** Reports an error that is none of a request. */
  readonly report: (error: unknown) => void;
  readonly #options: ApplicationOptions;
  readonly #services: Services;

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.report = (error) => options.observer.failed(error);
    this.turns = new Turns({ maxWaiting: options.maxWaitingQueries, report: this.report });
    this.#services = {
      intake: new Intake({
        maxBodySize: options.maxBodySize,
        maxUnfinished: MAX_UNFINISHED,
        bodyTimeout: options.requestTimeout,
      }),
      delivery: new Delivery({ stallTimeout: options.sendTimeout, maxUnsent: options.maxUnsentBytes }),
      refusals: new Refusals(),
      streams: new Set(),
    };
  }

  /** Ends all streams, which would otherwise keep the server from stopping. */
  endStreams(): void {
    for (const stream of this.#services.streams) stream.abort();
  }

  /** Answers one request. Never throws, and always sends an answer. */
  handle(exchange: Exchange): void {
    const handling = new Handling(this.#options, this.#services, exchange);
    try {
      handling.begin();
    } catch (error) {
      handling.fail(error);
    }
  }
}

/** What all requests share. */
interface Services {
  readonly intake: Intake;
  readonly delivery: Delivery;
  readonly refusals: Refusals;
  readonly streams: Set<AbortController>;
}

class Handling {
  readonly #options: ApplicationOptions;
  readonly #services: Services;
  readonly #exchange: Exchange;
  readonly #secret: string | undefined;
  readonly #began = performance.now();
  #route: Route = 'none';
  #info: RequestInfo | undefined;
  #bytesIn = 0;

  constructor(options: ApplicationOptions, services: Services, exchange: Exchange) {
    this.#options = options;
    this.#services = services;
    this.#exchange = exchange;
    this.#secret = secretOf(exchange.header('authorization'));
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
      this.#send(refuse(refusalOf(error)));
    } catch (again) {
      this.#options.observer.failed(again);
    }
  }

  #readHead(): Reply | { target: Target; info: RequestInfo } {
    const target = parseTarget(this.#exchange.target);
    if (!target) return refuse(malformed);
    this.#route = routeOf(target.path);
    if (PATHS10.includes(this.#route)) return { target, info: QUERY10_INFO };
    const info = requestInfo(this.#exchange, this.#options.queryTimeout);
    if ('refusal' in info) {
      this.#info = info.info;
      return refuse(info.refusal);
    }
    this.#info = info;
    return { target, info };
  }

  #readBody(target: Target, info: RequestInfo): void {
    this.#exchange.readBody(this.#services.intake, (body) => {
      try {
        this.#receive(target, info, body);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  #receive(target: Target, info: RequestInfo, body: Body): void {
    switch (body.kind) {
      case 'too large':
        this.#send(refuse(requestTooLarge));
        break;
      case 'too slow':
        this.#send(refuse(clientTimedOut));
        break;
      case 'too much':
        this.#send(refuse(tooManyRequests));
        break;
      case 'broken':
        break;
      case 'whole':
        this.#bytesIn = body.bytes.length;
        if (this.#route === '/ping') this.#send(this.#ping(target));
        else if (this.#route === 'none') this.#send(refuse(notFound));
        else this.#takeTurn(() => this.#reply(target, info, body.bytes));
    }
  }

  /** Computes a reply when it is this request's turn, and sends it. */
  #takeTurn(compute: () => Computed): void {
    const exchange = this.#exchange;
    const leave = exchange.line.enter(this.#secret ?? '', (turn) => {
      exchange.begun?.();
      // The client has disconnected.
      if (exchange.isClosed) turn.over();
      else this.#compute(compute, turn);
    });
    if (leave === 'full') this.#services.refusals.refuse(exchange.line, () => this.#send(refuse(tooManyRequests)));
    else if (leave !== 'begun') exchange.onClose(leave);
  }

  #compute(compute: () => Computed, turn: Turn): void {
    const exchange = this.#exchange;
    if (exchange.isSerial) exchange.onClose(turn.over);
    const computed = exchange.isSerial ? turn.computed : turn.over;
    try {
      const reply = compute();
      // Most replies need no waiting: skipping the await saves a turn of the event loop.
      if (reply instanceof Promise) {
        reply
          .then((late) => this.#sendWhenDurable(late))
          .catch((error) => this.fail(error))
          .finally(computed);
      } else {
        this.#sendWhenDurable(reply);
        computed();
      }
    } catch (error) {
      this.fail(error);
      computed();
    }
  }

  #reply(target: Target, info: RequestInfo, body: Buffer): Computed {
    switch (this.#route) {
      case '/':
        return this.#refuseMethod('GET', 'POST') ?? this.#query(target, info, body);
      case '/query/1':
        return this.#query10(body);
      case '/feed/1':
        return this.#feed10(body);
      case '/stream/1':
        return this.#stream10(body);
      case '/environment/1':
        return this.#execute10({
          kind: 'environment',
          secret: this.#secret,
          timeout: this.#options.queryTimeout,
          tags: undefined,
        });
      case '/schema/1':
        return this.#schema10(target, body);
      case '/linearized':
        return this.#refuseMethod('POST') ?? this.#execute(info, textOf(body));
      case '/stream':
        return this.#refuseMethod('POST') ?? this.#stream(target, info, body);
      case '/authorized':
        return this.#authorized();
      case 'resource':
        return this.#resource(target, info, body);
      default:
        return refuse(notFound);
    }
  }

  /** A client must send a valid secret before it learns which methods a path has. */
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
    more?: Pick<QueryRequest, 'readOnly' | 'subject' | 'params'>,
  ): Reply | Promise<Reply> {
    const request: QueryRequest = { secret: this.#secret, query, apiVersion, timeout, pretty };
    const answer = this.#options.engine.execute(more ? { ...request, ...more } : request);
    return answer instanceof Promise ? answer.then(replyOf) : replyOf(answer);
  }

  #query10(body: Buffer): Reply | Promise<Reply> {
    const info = requestInfo10(this.#exchange, this.#options.queryTimeout);
    if ('fault' in info) return refuse10(info.fault);
    return this.#execute10({ kind: 'query', secret: this.#secret, body: textOf(body), ...info });
  }

  #feed10(body: Buffer): Reply | Promise<Reply> {
    const timeout = feedTimeout10(this.#exchange, this.#options.queryTimeout);
    if (typeof timeout !== 'number') return refuse10(timeout.fault);
    return this.#execute10({ kind: 'feed', secret: this.#secret, body: textOf(body), timeout, tags: undefined });
  }

  #schema10(target: Target, body: Buffer): Reply | Promise<Reply> {
    const request = schemaRequest10(this.#exchange, target, body);
    if ('fault' in request) return { status: 400, body: JSON.stringify({ error: { message: request.fault } }) };
    const timeout = Math.min(DEFAULT_TIMEOUT, this.#options.queryTimeout);
    return this.#execute10({ kind: 'schema', secret: this.#secret, timeout, tags: undefined, ...request });
  }

  #execute10(request: Request10): Reply | Promise<Reply> {
    const answer = this.#options.engine.execute(request);
    return answer instanceof Promise ? answer.then(replyOf10) : replyOf10(answer);
  }

  #resource(target: Target, info: RequestInfo, body: Buffer): Reply | Promise<Reply> {
    const { method } = this.#exchange;
    const resource = resourceQuery(method, target.path, parseQueryString(target.query), textOf(body) ?? '');
    const { subject } = resource;
    const about = subject === undefined ? {} : { subject };
    if (!('refusal' in resource)) {
      const { query, params } = resource;
      return this.#execute(info, query, params === undefined ? about : { ...about, params });
    }
    return this.#refuseMethodOf(resource.refusal, this.#execute(info, 'null', about));
  }

  /** A missing resource has no methods, and a client must send a valid secret before it learns what exists. */
  async #refuseMethodOf(refusal: Refusal, look: Reply | Promise<Reply>): Promise<Reply> {
    const looked = await look;
    return looked.status === 200 ? refuse(refusal) : looked;
  }

  async #stream(target: Target, { apiVersion, timeout }: RequestInfo, body: Buffer): Promise<Reply | undefined> {
    const fields = parseQueryString(target.query).get('fields');
    const request = { secret: this.#secret, query: textOf(body), apiVersion, fields, timeout };
    return this.#openStream(request, replyOf);
  }

  #stream10(body: Buffer): Promise<Reply | undefined> {
    return this.#openStream({ kind: 'stream', secret: this.#secret, body: textOf(body) }, replyOf10);
  }

  async #openStream(
    request: StreamRequest | StreamRequest10,
    refused: (answer: Answer) => Reply,
  ): Promise<Reply | undefined> {
    const answer = await this.#options.engine.stream(request);
    if (!('events' in answer)) return refused(answer);
    // The query is done, and its stream continues.
    this.#sendStream(answer).catch((error) => this.#options.observer.failed(error));
    return undefined;
  }

  async #sendStream(stream: EventStream): Promise<void> {
    const { observer } = this.#options;
    const { transactionTime, id } = stream;
    const opened = { status: 200, transactionTime, headers: { 'x-fauna-stream-id': id } };
    const headers = this.#headers(opened, 0, this.#elapsed);
    headers['content-type'] = CONTENT_TYPE;
    const end = new AbortController();
    this.#services.streams.add(end);
    observer.streamOpened();
    try {
      await sendEvents(this.#exchange, headers, stream, end, this.#services.delivery);
    } finally {
      this.#services.streams.delete(end);
      observer.streamClosed();
      this.#observe(200, 0, this.#elapsed);
    }
  }

  /** Answers whether the server is up. The server is one process, so the answer holds for every scope. */
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
    const opening = await this.#options.engine.authenticate(this.#secret);
    if (method === 'HEAD') return opening ? { status: 200 } : { status: 401, headers: unauthorized.headers! };
    if (!opening) return refuse(unauthorized);
    return { status: 200, body: JSON.stringify({ account: '0', global_id: opening.globalId }) };
  }

  /** Describes the problem to clients with a valid secret; answers all others `unauthorized`. */
  async #refuseOpenly(refusal: Refusal): Promise<Reply> {
    const opening = await this.#options.engine.authenticate(this.#secret);
    return refuse(opening ? refusal : unauthorized);
  }

  #sendWhenDurable(reply: Reply | undefined): void {
    if (reply === undefined) return;
    if (reply.durable === undefined) this.#send(reply);
    else reply.durable.then(() => this.#send(reply)).catch((error) => this.fail(error));
  }

  #send(reply: Reply): void {
    const { status, body } = reply;
    const bytesOut = body === undefined ? 0 : Buffer.byteLength(body);
    const elapsed = this.#elapsed;
    const headers = this.#headers(reply, bytesOut, elapsed);
    headers['content-length'] = bytesOut;
    if (body !== undefined) headers['content-type'] = CONTENT_TYPE;
    const parcel = this.#exchange.open(status, headers, body !== undefined);
    if (parcel && body !== undefined) {
      // Answers that wait for the same write to the disk leave together anyway.
      const leaving = reply.durable === undefined ? parcel : { ...parcel, mayWait: false };
      this.#services.delivery.send(leaving, body, bytesOut);
    }
    this.#observe(status, bytesOut, elapsed);
  }

  /** In ms. */
  get #elapsed(): number {
    return performance.now() - this.#began;
  }

  #headers(reply: Reply, bytesOut: number, elapsed: number): ResponseHeaders {
    const headers = responseHeaders(reply, this.#info, { elapsed, bytesIn: this.#bytesIn, bytesOut });
    addCorsHeaders(this.#exchange, headers);
    headers.traceparent = traceOf(this.#exchange.header('traceparent'));
    return headers;
  }

  #observe(status: number, bytesOut: number, duration: number): void {
    this.#options.observer.answered({
      method: this.#exchange.method,
      route: this.#route,
      status,
      duration,
      bytesIn: this.#bytesIn,
      bytesOut,
    });
  }
}

/** `undefined` if there is nothing left to send. */
type Computed = Reply | undefined | Promise<Reply | undefined>;

/** The answer to a request that failed for a reason of the server. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof QueryEnded && error.reason === 'time') return timedOut(error.description);
  if (error instanceof DiskFailure) return unavailable(error.message);
  if (error instanceof DamagedData) return damaged(error.message);
  return internalError;
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

/** Decodes a body; `undefined` if it is not UTF-8, and so not JSON. */
function textOf(body: Buffer): string | undefined {
  if (body.length === 0) return undefined;
  return isUtf8(body) ? body.toString('utf8') : '\ufffd';
}

/** The answer to a request in FQL v10 with an invalid header. */
const refuse10 = (message: string): Reply => ({
  status: 400,
  body: JSON.stringify({ error: { code: 'invalid_request', message } }),
});

/** The paths of FQL v10, which reads its own headers. */
const PATHS10: readonly Route[] = ['/query/1', '/feed/1', '/stream/1', '/environment/1', '/schema/1'];

/** Requests in FQL v10 ignore the headers of other versions. */
const QUERY10_INFO: RequestInfo = { apiVersion: '4', timeout: 0, tags: undefined, pretty: false };
