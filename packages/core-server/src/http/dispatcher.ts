import type { IncomingHttpHeaders } from 'node:http';
import { DamagedData, DiskFailure } from '@supertokens-faunadb/store';
import { CDI_3_0 } from '../cdi/version.js';
import { BadRequest, CoreError } from '../common/errors.js';
import { PUBLIC } from '../common/tenant-names.js';
import type { Core } from '../core/core.js';
import { type Answer, failure, page, redirect, text } from './answer.js';
import type { Api, Handler } from './api.js';
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
const NOWHERE = { route: OTHER, app: PUBLIC, tenant: PUBLIC };

/** Checks requests, in the real Core's order, and passes them to their APIs. */
export class Dispatcher {
  readonly #core: Core;
  readonly #router: Router;
  readonly #fallback: Api;
  readonly #basePath: string;
  readonly #observer: Observer;

  constructor(core: Core, router: Router, fallback: Api, basePath: string, observer: Observer) {
    this.#core = core;
    this.#router = router;
    this.#fallback = fallback;
    this.#basePath = basePath;
    this.#observer = observer;
  }

  async answer(raw: RawRequest): Promise<Answer> {
    const began = performance.now();
    const request = { requestId: requestIdOf(raw.headers), method: raw.method, ...NOWHERE };
    const answer = await this.#answer(raw, request);
    this.#observer.answered({
      ...request,
      status: answer.status,
      duration: performance.now() - began,
      bytesIn: raw.body.length,
      bytesOut: Buffer.byteLength(answer.body),
    });
    return { ...answer, headers: { ...answer.headers, 'x-request-id': request.requestId } };
  }

  /** Reports a request that was refused before dispatch. */
  refused(method: string, headers: IncomingHttpHeaders, { status, body }: Answer): void {
    const bytesOut = Buffer.byteLength(body);
    const requestId = requestIdOf(headers);
    this.#observer.answered({ requestId, method, ...NOWHERE, status, duration: 0, bytesIn: 0, bytesOut });
  }

  async #answer(raw: RawRequest, seen: Seen): Promise<Answer> {
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
    try {
      return await this.#dispatch(raw, seen, path, questionMark === -1 ? '' : raw.target.slice(questionMark + 1));
    } catch (error) {
      if (error instanceof CoreError) return failure(error);
      this.#observer.failed(error, seen);
      if (error instanceof DiskFailure) return text(503, error.message);
      if (error instanceof DamagedData) return text(500, error.message);
      return text(500, 'Internal error');
    }
  }

  #dispatch(raw: RawRequest, seen: Seen, path: string, query: string): Answer | Promise<Answer> {
    const { api: known, app, tenant } = this.#router.route(path);
    const api = this.#router.forRecipe(known ?? this.#fallback, raw.headers.rid?.toString());
    Object.assign(seen, { route: known?.path ?? OTHER, app, tenant });
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
    const bodyText = () => decode(raw.body, raw.headers['content-type']);
    return handler(new CoreRequest(raw.method, path, app, tenant, version, query, bodyText, raw.headers), this.#core);
  }
}

function handlerOf(api: Api, method: string): Handler | Answer {
  const notSupported = text(405, 'Method not supported');
  switch (method) {
    case 'GET':
      return api.get ?? notSupported;
    case 'POST':
      return api.post ?? notSupported;
    case 'PUT':
      return api.put ?? notSupported;
    case 'DELETE':
      return api.delete ?? notSupported;
    case 'HEAD':
    case 'OPTIONS':
      return notSupported;
    case 'PATCH':
      return page(405, 'PATCH is not supported');
    case 'TRACE':
      return page(405, 'TRACE is not supported', { allow: 'HEAD, DELETE, POST, GET, OPTIONS, PUT' });
    default:
      return page(501, `${method} is not supported`);
  }
}

const UTF_8 = /^utf-?8$/i;

/** @throws BadRequest when the character set is unknown */
function decode(body: Buffer, contentType: string | undefined): string {
  const charset = contentType && /;\s*charset="?([^";\s]+)/i.exec(contentType)?.[1];
  if (!charset || UTF_8.test(charset)) return body.toString();
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    throw new BadRequest(`Unknown character set '${charset}' in the content-type header`);
  }
}
