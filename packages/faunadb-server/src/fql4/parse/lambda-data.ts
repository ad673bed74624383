import type { EvalContext } from '../../query/context.js';
import { sameValue } from '../../values/equality.js';
import type { Position } from '../../values/position.js';
import { Lambda, type ObjectValue, type Value } from '../../values/values.js';
import type { Effect } from '../evaluate/form.js';
import { Closure } from '../evaluate/lambda.js';
import { parseLambdaData } from './escapes.js';

/** Makes a lambda of the data that one was stored as. What is wrong with it shows only when it is called. */
export function lambdaOf(literal: ObjectValue): Lambda {
  return new StoredLambda(literal);
}

/** A lambda that is read only when it is needed: most that are read from the store are not called. */
class StoredLambda extends Lambda {
  readonly #literal: ObjectValue;
  #closure: Closure | undefined;

  constructor(literal: ObjectValue) {
    super();
    this.#literal = literal;
  }

  override get arity(): number {
    return this.#read().arity;
  }

  override get takesArray(): boolean {
    return this.#read().takesArray;
  }

  override get effect(): Effect {
    return this.#read().effect;
  }

  override literal(): ObjectValue {
    return this.#literal;
  }

  override isSame(other: Lambda): boolean {
    return sameValue(this.literal(), other.literal());
  }

  override run(context: EvalContext, argument: Value, position: Position | undefined): Value {
    return this.#read().run(context, argument, position);
  }

  /** @throws {Failure} where the data is no lambda. */
  #read(): Closure {
    this.#closure ??= new Closure(parseLambdaData(this.#literal, undefined), undefined);
    return this.#closure;
  }
}
