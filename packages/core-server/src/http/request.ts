import type { CdiVersion } from '../cdi/version.js';
import type { JsonObject } from '../json/json.js';
import type { Credentials } from './gate.js';
import { Query } from './query.js';

/** A request to one app and tenant, in one version of the interface. Its parts are parsed lazily. */
export class CoreRequest {
  #query: Query | undefined;
  readonly #queryText: string;

  constructor(
    readonly method: string,
    /** Decoded and normalised, with the app and the tenant still in it. */
    readonly path: string,
    readonly app: string,
    readonly tenant: string,
    readonly version: CdiVersion,
    queryText: string,
    /** @throws BadRequest when the body is not a JSON object */
    readonly body: () => JsonObject,
    readonly headers: Credentials,
  ) {
    this.#queryText = queryText;
  }

  /** @throws BadRequest when the query string is malformed */
  get query(): Query {
    this.#query ??= new Query(this.#queryText);
    return this.#query;
  }
}
