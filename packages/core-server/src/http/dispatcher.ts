import type { IncomingHttpHeaders } from 'node:http';
import { DamagedData, DiskFailure } from '@supertokens-faunadb/store';
import pLimit from 'p-limit';
import { CDI_3_0 } from '../cdi/version.js';
import { CoreError } from '../common/errors.js';
import { PUBLIC } from '../common/tenant-names.js';
import type { Core } from '../core/core.js';
import type { JsonObject } from '../json/json.js';
import { type Answer, failure, page, redirect, text } from './answer.js';
import type { Api, Handler } from './api.js';
import { LARGE_BODY, readBody, readLargeBody } from './body.js';
import { checkApiKey, checkVersion, isAddressAllowed, versionOf } from './gate.js';
import { type FailedRequest, type Observer, requestIdOf } from './observation.js';
import { checkTarget, normalisePath } from './path.js';
import { CoreRequest } from './request.js';
import type { Router } from './router.js';

/** A request as received. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  readonly body: Buffer;
}

/** What is known of a request so far, for observers. */
type Seen = { -readonly [Field in keyof FailedRequest]: FailedRequest[Field] };

const OTHER = 'other';

/** Checks requests, in the real Core's order, and passes them to their APIs. */
export class Dispatcher {
  readonly #core: Core;
  readonly #router: Router;
  readonly #fallback: Api;
  readonly #basePath: string;
  readonly #observer: Observer;
  /** Requests with large bodies, which cost time at every step: one at a time. */
  readonly #oneByOne = pLimit(1);

  constructor(core: Core, router: Router, fallback: Api, basePath: string, observer: Observer) {
    this.#core = core;
    this.#router = router;
    this.#fallback = fallback;
    this.#basePath = basePath;
    this.#observer = observer;
  }

  async answer(raw: RawRequest): Promise<Answer> {
    const began = performance.now();
    // Written out here and below: objects made by spreading cost several µs a request.
    const requestId = requestIdOf(raw.headers);
    const seen: Seen = { requestId, method: raw.method, route: OTHER, app: PUBLIC, tenant: PUBLIC };
    let answer: Answer;
    try {
      const begun = this.#answer(raw, seen);
      // Waiting for what is there already costs a µs or two.
      answer = begun instanceof Promise ? await begun : begun;
    } catch (error) {
      answer = this.#failed(error, seen);
    }
    const { status, type, body, headers } = answer;
    this.#observer.answered({
      requestId,
      method: raw.method,
      route: seen.route,
      app: seen.app,
      tenant: seen.tenant,
      status,
      duration: performance.now() - began,
      bytesIn: raw.body.length,
      bytesOut: Buffer.byteLength(body),
    });
    const withId = headers === undefined ? { 'x-request-id': requestId } : { ...headers, 'x-request-id': requestId };
    return { status, type, body, headers: withId };
  }

  /** Reports a request that was refused before dispatch. */
  refused(method: string, headers: IncomingHttpHeaders, { status, body }: Answer): void {
    const nowhere = { route: OTHER, app: PUBLIC, tenant: PUBLIC };
    const bytesOut = Buffer.byteLength(body);
    const requestId = requestIdOf(headers);
    this.#observer.answered({ requestId, method, ...nowhere, status, duration: 0, bytesIn: 0, bytesOut });
  }

  #answer(raw: RawRequest, seen: Seen): Answer | Promise<Answer> {
    const questionMark = raw.target.indexOf('?');
    const rawPath = questionMark === -1 ? raw.target : raw.target.slice(0, questionMark);
    let path: string;
    try {
      checkTarget(raw.target);
      path = normalisePath(rawPath);
    } catch (error) {
      if (error instanceof CoreError) return page(400, error.message);
      throw error;
    }
    if (this.#basePath !== '') {
      if (path === this.#basePath) return redirect(`${path}/${raw.target.slice(rawPath.length)}`);
      if (!path.startsWith(`${this.#basePath}/`)) return page(404, 'Not Found');
      path = path.slice(this.#basePath.length);
    }
    return this.#dispatch(raw, seen, path, questionMark === -1 ? '' : raw.target.slice(questionMark + 1));
  }

  #failed(error: unknown, seen: Seen): Answer {
    if (error instanceof CoreError) return failure(error);
    this.#observer.failed(error, seen);
    if (error instanceof DiskFailure) return text(503, error.message);
    if (error instanceof DamagedData) return text(500, error.message);
    return text(500, 'Internal error');
  }

  #dispatch(raw: RawRequest, seen: Seen, path: string, query: string): Answer | Promise<Answer> {
    const { api: known, app, tenant } = this.#router.route(path);
    const api = this.#router.forRecipe(known ?? this.#fallback, raw.headers.rid?.toString());
    seen.route = known?.path ?? OTHER;
    seen.app = app;
    seen.tenant = tenant;
    const { tenants } = this.#core;
    const ofApp = tenants.find(app, PUBLIC)?.settings;
    const ofTenant = tenants.find(app, tenant)?.settings ?? ofApp;
    if (ofTenant !== undefined && !isAddressAllowed(raw.address, ofTenant)) return page(403, 'Forbidden');
    if (ofApp !== undefined && !api.needsNoApiKey) checkApiKey(raw.headers, ofApp);
    const version = versionOf(raw.headers, ofApp);
    if (version < CDI_3_0 && tenant !== PUBLIC) return text(404, 'Not found');
    if (!api.needsNoVersion) checkVersion(raw.headers);
    const handler = handlerOf(api, raw.method);
    if (typeof handler !== 'function') return handler;
    const { body, headers } = raw;
    const type = headers['content-type'];
    const handle = (read: () => JsonObject) =>
      handler(new CoreRequest(raw.method, path, app, tenant, version, query, read, headers), this.#core);
    if (body.length < LARGE_BODY) return handle(() => readBody(body, type));
    return this.#oneByOne(async () => handle(await readLargeBody(body, type, api.mostValues)));
  }
}

const NOT_SUPPORTED = text(405, 'Method not supported');

function handlerOf(api: Api, method: string): Handler | Answer {
  switch (method) {
    case 'GET':
      return api.get ?? NOT_SUPPORTED;
    case 'POST':
      return api.post ?? NOT_SUPPORTED;
    case 'PUT':
      return api.put ?? NOT_SUPPORTED;
    case 'DELETE':
      return api.delete ?? NOT_SUPPORTED;
    case 'HEAD':
    case 'OPTIONS':
      return NOT_SUPPORTED;
    case 'PATCH':
      return page(405, 'PATCH is not supported');
    case 'TRACE':
      return page(405, 'TRACE is not supported', { allow: 'HEAD, DELETE, POST, GET, OPTIONS, PUT' });
    default:
      return page(501, `${method} is not supported`);
  }
}
