import type { ModelContext, Standpoint } from '../model/base/context.js';
import type { ApiVersion } from '../values/api-version.js';
import type { Position } from '../values/position.js';
import { Lambda, type Value } from '../values/values.js';

/**
 * What an expression of any language is evaluated in. One query has one transaction; contexts derived from its first one
 * (`at`, calls of user-defined functions, role predicates) change their standpoint and share the rest.
 */
export interface QueryContext extends ModelContext {
  /** In which the query is written and its answer is to be. */
  readonly apiVersion: ApiVersion;
  with(changes: Partial<Standpoint>): QueryContext;
}

/** A lambda as a language makes it: all lambdas are. */
export abstract class CallableLambda extends Lambda {
  /** Evaluates its body for an argument. To be called by contexts only, which count how deep calls lie in each other. */
  abstract run(context: QueryContext, argument: Value, position: Position | undefined): Value;
}
