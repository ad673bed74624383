import type { Core } from '../core/core.js';
import type { Answer } from './answer.js';
import type { CoreRequest } from './request.js';

/** Answers one method of one path. A thrown `CoreError` becomes an answer with its message and the status of its kind. */
export type Handler = (request: CoreRequest, core: Core) => Answer | Promise<Answer>;

/** One path of the core driver interface and its methods; any other method gets 405. */
export interface Api {
  /** In lower case. */
  readonly path: string;
  /**
   * Selects this API among several with the same path: the value of the header `rid`. The first API in the list answers
   * requests that name none of them.
   */
  readonly recipe?: string;
  readonly get?: Handler;
  readonly post?: Handler;
  readonly put?: Handler;
  readonly delete?: Handler;
  /** Maximum values in a large body, where other than usual. */
  readonly mostValues?: number;
  /** Needs no api key, even if api keys are set. */
  readonly needsNoApiKey?: boolean;
  /** Answers clients of any version of the interface. */
  readonly needsNoVersion?: boolean;
}
