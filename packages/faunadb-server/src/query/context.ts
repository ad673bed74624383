import type { ModelContext, Standpoint } from '../model/base/context.js';
import type { ApiVersion } from '../values/api-version.js';
import type { Position } from '../values/position.js';
import { Lambda, type Value } from '../values/values.js';

/**
 * The context in which an expression of any language is evaluated. A query has one transaction; contexts derived from
 * its first one (`at`, calls of user-defined functions, role predicates) change their standpoint and share the rest.
 */
export interface QueryContext extends ModelContext {
  /** The version that the query is written in, and its answer. */
  readonly apiVersion: ApiVersion;
  with(changes: Partial<Standpoint>): QueryContext;
}

/** A lambda of a language. Every lambda is one. */
export abstract class CallableLambda extends Lambda {
  /** Evaluates its body for an argument. Only contexts call this, because they count how deep calls are nested. */
  abstract run(context: QueryContext, argument: Value, position: Position | undefined): Value;
}
