import type { Core } from '../core/core.js';
import type { Answer } from './answer.js';
import type { CoreRequest } from './request.js';

/** Answers one method of one path. What it throws as a `CoreError` is answered with the status of its kind and its message. */
export type Handler = (request: CoreRequest, core: Core) => Answer | Promise<Answer>;

/** One path of the core driver interface, with the methods it has; any other method is answered 405. */
export interface Api {
  /** In lower case. */
  readonly path: string;
  /**
   * Of several APIs with one path, the recipe that clients name in the header `rid` to have this one. The first in the list
   * answers those that name none of them.
   */
  readonly recipe?: string;
  readonly get?: Handler;
  readonly post?: Handler;
  readonly put?: Handler;
  readonly delete?: Handler;
  /** Open to whoever reaches the port, even where api keys are set. */
  readonly needsNoApiKey?: boolean;
  /** Answers clients of any version of the interface. */
  readonly needsNoVersion?: boolean;
}
