import type { Transaction } from '@supertokens-faunadb/store';
import { Renderer } from '../fql4/wire/render.js';
import type { ModelView } from '../model/view.js';
import type { Auth, ContextProperties, EvalContext } from '../query/context.js';
import { type ApiVersion, DEFAULT_VERSION } from '../values/api-version.js';
import { stackOverflow } from '../values/errors.js';
import type { Position } from '../values/position.js';
import type { Lambda, Value } from '../values/values.js';
import { type Budget, MAX_CALL_DEPTH } from './budget.js';
import type { Findings } from './suspension.js';

/** What all contexts of one query share. */
export interface Surroundings {
  readonly transaction: Transaction;
  readonly model: ModelView;
  readonly snapshotTime: bigint;
  /** In which the query is written and its answer is to be. */
  readonly apiVersion: ApiVersion;
  readonly budget: Budget;
  readonly findings: Findings;
}

class Context implements EvalContext {
  readonly transaction: Transaction;
  readonly model: ModelView;
  readonly snapshotTime: bigint;
  readonly budget: Budget;
  readonly findings: Findings;
  readonly auth: Auth;
  readonly validTime: bigint | undefined;
  readonly effectLimit: EvalContext['effectLimit'];
  readonly depth: number;
  readonly #shared: Surroundings;

  constructor(shared: Surroundings, own: ContextProperties, depth = own.depth) {
    this.#shared = shared;
    this.transaction = shared.transaction;
    this.model = shared.model;
    this.snapshotTime = shared.snapshotTime;
    this.budget = shared.budget;
    this.findings = shared.findings;
    this.auth = own.auth;
    this.validTime = own.validTime;
    this.effectLimit = own.effectLimit;
    this.depth = depth;
  }

  with(changes: Partial<ContextProperties>): EvalContext {
    const { auth, validTime, effectLimit, depth } = this;
    return new Context(this.#shared, { auth, validTime, effectLimit, depth, ...changes });
  }

  render(value: Value, version?: 'default'): string {
    const apiVersion = version === 'default' ? DEFAULT_VERSION : this.#shared.apiVersion;
    // As on the real server, what is not committed yet has the time 0 here.
    return new Renderer(this.model, this.auth.scope, 0n, apiVersion).render(value);
  }

  apply(lambda: Lambda, argument: Value, position: Position | undefined): Value {
    if (this.depth >= MAX_CALL_DEPTH) throw stackOverflow(MAX_CALL_DEPTH, position);
    this.budget.spend();
    return lambda.run(new Context(this.#shared, this, this.depth + 1), argument, position);
  }
}

/** The context in which a query begins. */
export function rootContext(
  shared: Surroundings,
  auth: Auth,
  effectLimit: EvalContext['effectLimit'] = { effect: 'write', reason: '' },
): EvalContext {
  return new Context(shared, { auth, validTime: undefined, effectLimit, depth: 0 });
}
