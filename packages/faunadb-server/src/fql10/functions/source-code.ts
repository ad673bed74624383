// Functions stored as FQL v10 source, called from either language.

import { PREDICATES } from '../../model/base/context.js';
import type { QueryContext } from '../../query/context.js';
import { invalidArgument } from '../../values/errors.js';
import { Failure, type FqlError } from '../../values/failure.js';
import type { Position } from '../../values/position.js';
import type { Value as ValueOf4 } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import { CheckFailure, RuntimeFailure } from '../evaluate/failures.js';
import { Absent } from '../evaluate/members.js';
import { outermostContext } from '../evaluate/outermost-context.js';
import { tableOf } from '../evaluate/tables.js';
import { displayText } from '../evaluate/text.js';
import { type Arity, Doc, isArray, LambdaValue, Null, Struct, typeName, type Value } from '../evaluate/values.js';
import { parseLambda } from '../parse/parse.js';
import type { SourceLambda, SourceRunner } from '../stored/source-lambda.js';
import type { StoredSource } from '../stored/stored-source.js';
import { fromValueOf4, NoValueOf4, toValueOf4 } from './interop.js';

/** The model's name of the place that computes fields for indexes. */
const INDEX_BINDINGS = 'index bindings';

/** The function of a stored source. */
export const codeOf = (lambda: SourceLambda): SourceCode => lambda.code((source) => new SourceCode(source));

/** Ends what a function has done to the schema. */
export type Finish = (context: Context) => void;

/** Runs functions that are called from the model or from FQL v4. */
export const sourceRunner =
  (finish: Finish): SourceRunner =>
  (lambda, context, argument, position) =>
    codeOf(lambda).run(context, argument, position, finish);

class SourceCode {
  readonly #source: StoredSource;
  #read: LambdaValue | CheckFailure | undefined;

  constructor(source: StoredSource) {
    this.#source = source;
  }

  get arity(): Arity {
    const lambda = this.#lambda();
    return lambda instanceof CheckFailure ? { counts: [0], variable: true } : lambda.arity;
  }

  #lambda(): LambdaValue | CheckFailure {
    if (this.#read) return this.#read;
    const { body, name } = this.#source;
    const read = parseLambda(body, { name, text: body });
    if (!read.ok) this.#read = new CheckFailure(read.errors);
    else {
      const { parameters, variadic, body: inner } = read.value;
      this.#read = new LambdaValue(
        parameters.map((parameter) => parameter?.text),
        variadic && { name: variadic.name?.text },
        inner,
        undefined,
      );
    }
    return this.#read;
  }

  /** Calls it from FQL v10. */
  evaluate(context: Context, args: readonly Value[]): Value {
    const lambda = this.#lambda();
    if (lambda instanceof CheckFailure) throw lambda;
    return context.call(lambda, args);
  }

  /** Calls it from the model or from FQL v4. */
  run(host: QueryContext, argument: ValueOf4, position: Position | undefined, finish: Finish): ValueOf4 {
    const context = outermostContext(host, host.effectLimit, {
      allowsComputation: host.effectLimit.reason !== INDEX_BINDINGS,
    });
    try {
      let value = this.evaluate(context, this.#arguments(host, fromValueOf4(context, argument)));
      for (const key of this.#source.path ?? []) value = memberOf(context, value, key);
      finish(context);
      return valueFor4(context, value, position);
    } catch (error) {
      throw failureFor4(context, error, position);
    }
  }

  #arguments({ effectLimit }: QueryContext, given: Value): readonly Value[] {
    if (!isArray(given)) return [given];
    const lambda = this.#lambda();
    const count = lambda instanceof CheckFailure ? 0 : lambda.parameters.length;
    if (count === 0) return given.length === 0 ? [] : [given];
    // Predicates receive all arguments that they may use.
    const isPredicate = effectLimit.reason === PREDICATES && !this.arity.variable;
    return isPredicate ? given.slice(0, count) : given;
  }
}

function memberOf(context: Context, value: Value, key: string | number): Value {
  if (value instanceof Null) return value;
  if (typeof key === 'number') return isArray(value) ? (value[key] ?? Null.at(context.span)) : Null.at(context.span);
  if (!(value instanceof Struct) && !(value instanceof Doc)) return Null.at(context.span);
  const found = tableOf(value).getField(context, value, key, context.span);
  return found instanceof Absent ? Null.at(context.span) : found;
}

/** A result as FQL v4 and the model see it: predicates and index bindings may return anything. */
function valueFor4(context: Context, value: Value, position: Position | undefined): ValueOf4 {
  try {
    return toValueOf4(context, value);
  } catch (error) {
    if (!(error instanceof NoValueOf4)) throw error;
    const { reason } = context.host.effectLimit;
    if (reason === PREDICATES || reason === INDEX_BINDINGS) return displayText(context, value);
    throw invalidArgument(`v10 value has type ${typeName(value)}, which cannot be represented in v4.`, position);
  }
}

/** An FQL v10 error as FQL v4 reports it: as an aborted transaction. */
export function failureFor4(context: Context, error: unknown, position: Position | undefined): unknown {
  const failed = (description: string) => {
    const aborted: FqlError = { code: 'transaction aborted', description, position, kind: 'invalid', rank: 'other' };
    return new Failure([aborted]);
  };
  if (error instanceof CheckFailure) return failed(error.message);
  if (!(error instanceof RuntimeFailure)) return error;
  const { abort } = error;
  return failed(abort?.given === undefined ? error.fullMessage : displayText(context, abort.given));
}
