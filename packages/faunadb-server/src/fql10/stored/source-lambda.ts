import { CallableLambda, type QueryContext } from '../../query/context.js';
import type { Position } from '../../values/position.js';
import type { Lambda, ObjectValue, Value } from '../../values/values.js';
import { readSource, type StoredSource } from './stored-source.js';

/** Runs a function that is called from the model or from FQL v4. */
export type SourceRunner = (
  lambda: SourceLambda,
  context: QueryContext,
  argument: Value,
  position: Position | undefined,
) => Value;

let loadRunner: () => Promise<SourceRunner> = async () => {
  throw new Error('the loader of FQL v10 is not set');
};
let runner: SourceRunner | undefined;
/** Sets how the language is loaded. */
export function setSourceLoader(load: () => Promise<SourceRunner>): void {
  loadRunner = load;
}

/**
 * A function stored as FQL v10 source, in the form of the model's lambdas. The language is loaded when one is first called:
 * servers without FQL v10 requests never load it.
 */
export class SourceLambda extends CallableLambda {
  readonly source: StoredSource;
  readonly #literal: ObjectValue;
  #code: unknown;

  constructor(literal: ObjectValue) {
    super();
    this.#literal = literal;
    this.source = readSource(literal);
  }

  override readonly arity = 1;
  override readonly takesArray = true;
  override readonly takesDocuments = true;
  override readonly nestsErrors = false;
  override readonly effect = 'write';

  override literal(): ObjectValue {
    return this.#literal;
  }
  override isSame(other: Lambda): boolean {
    return other instanceof SourceLambda && other.source.body === this.source.body;
  }

  /** The compiled text, created once by the language. */
  code<T>(make: (source: StoredSource) => T): T {
    this.#code ??= make(this.source);
    return this.#code as T;
  }

  override run(context: QueryContext, argument: Value, position: Position | undefined): Value {
    // Once loaded it is there for all, also where nothing can be awaited: in the events of streams.
    runner ??= context.deferred.require('FQL v10', loadRunner);
    return runner(this, context, argument, position);
  }
}
