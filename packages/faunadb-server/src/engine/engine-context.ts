import type { Auth, DeferredWork, Standpoint } from '../model/base/context.js';
import type { Databases } from '../model/base/databases.js';
import { CallableLambda, type QueryContext } from '../query/context.js';
import type { ApiVersion } from '../values/api-version.js';
import { stackOverflow } from '../values/errors.js';
import type { Position } from '../values/position.js';
import type { Lambda, ObjectValue, Ref, Value } from '../values/values.js';
import { loadedRules } from './languages.js';
import { MAX_CALL_DEPTH, type QueryBudget } from './query-budget.js';
import type { DeferredResults } from './suspension.js';

/** What all contexts of a query share. */
export interface SharedContext {
  readonly model: Databases;
  readonly snapshotTime: bigint;
  /** The version that the query is written in, and its answer. */
  readonly apiVersion: ApiVersion;
  readonly budget: QueryBudget;
  readonly deferred: DeferredResults;
}

class EngineContext implements QueryContext {
  readonly model: Databases;
  readonly snapshotTime: bigint;
  readonly apiVersion: ApiVersion;
  readonly budget: QueryBudget;
  readonly deferred: DeferredWork;
  readonly auth: Auth;
  readonly validTime: bigint | undefined;
  readonly effectLimit: Standpoint['effectLimit'];
  readonly depth: number;
  readonly #shared: SharedContext;

  constructor(shared: SharedContext, own: Standpoint, depth = own.depth) {
    this.#shared = shared;
    this.model = shared.model;
    this.snapshotTime = shared.snapshotTime;
    this.apiVersion = shared.apiVersion;
    this.budget = shared.budget;
    this.deferred = shared.deferred;
    this.auth = own.auth;
    this.validTime = own.validTime;
    this.effectLimit = own.effectLimit;
    this.depth = depth;
  }

  with(changes: Partial<Standpoint>): QueryContext {
    const { auth, validTime, effectLimit, depth } = this;
    return new EngineContext(this.#shared, { auth, validTime, effectLimit, depth, ...changes });
  }

  apply(lambda: Lambda, argument: Value, position: Position | undefined): Value {
    if (this.depth >= MAX_CALL_DEPTH) throw stackOverflow(MAX_CALL_DEPTH, position);
    this.budget.spend();
    if (!(lambda instanceof CallableLambda)) throw new TypeError('a lambda of no language cannot be called');
    return lambda.run(new EngineContext(this.#shared, this, this.depth + 1), argument, position);
  }

  typeFailures(ref: Ref, data: ObjectValue, position: Position | undefined): readonly string[] {
    return loadedRules(this.deferred).typeFailures(this, ref, data, position);
  }

  requireConstraints(ref: Ref, position: Position | undefined): void {
    loadedRules(this.deferred).requireConstraints(this, ref, position);
  }
}

/** The initial context of a query. */
export function rootContext(
  shared: SharedContext,
  auth: Auth,
  effectLimit: Standpoint['effectLimit'] = { effect: 'write', reason: '' },
): QueryContext {
  return new EngineContext(shared, { auth, validTime: undefined, effectLimit, depth: 0 });
}
