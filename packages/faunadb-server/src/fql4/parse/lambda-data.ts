import { CallableLambda, type QueryContext } from '../../query/context.js';
import { sameValue } from '../../values/equality.js';
import type { Position } from '../../values/position.js';
import type { Effect, Lambda, ObjectValue, Value } from '../../values/values.js';

import { Closure } from '../evaluate/lambda.js';
import { API_VERSION } from '../wire/language-version.js';
import { parseLambdaData } from './escapes.js';
import { parserOf } from './parser.js';

/** Creates a lambda from stored data. An error in it appears only when it is called. */
export function lambdaOf(literal: ObjectValue): Lambda {
  return new StoredLambda(literal);
}

/** A lambda that is parsed on first use: most lambdas read from the store are never called. */
class StoredLambda extends CallableLambda {
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

  override run(context: QueryContext, argument: Value, position: Position | undefined): Value {
    return this.#read().run(context, argument, position);
  }

  /** @throws {Failure} if the data is not a lambda. */
  #read(): Closure {
    this.#closure ??= new Closure(parseLambdaData(this.#literal, undefined, parserOf(API_VERSION)), undefined);
    return this.#closure;
  }
}
