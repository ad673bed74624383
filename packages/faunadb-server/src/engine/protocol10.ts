// How requests in FQL v10 are answered. Loaded only when one arrives.
import type { Request10 } from './engine.js';
import { prepareEnvironment } from './environment10.js';
import { type Evaluation10, type Fault10, orFault } from './evaluation10.js';
import { prepareEvents } from './events10.js';
import { prepareQuery } from './query10.js';
import { prepareSchema } from './schema10.js';

export { prepareStream } from './events10.js';

/** Parses a request, or returns what is wrong with it. */
export const prepare10 = (request: Request10): Evaluation10 | Fault10 =>
  orFault(() => {
    switch (request.kind) {
      case 'query':
        return prepareQuery(request);
      case 'schema':
        return prepareSchema(request);
      case 'environment':
        return prepareEnvironment();
      default:
        return prepareEvents(request);
    }
  });
