import type { ModelContext } from '../model/base/context.js';
import type { ApiVersion } from '../values/api-version.js';
import type { FqlError } from '../values/failure.js';
import type { Lambda, ObjectValue, Value } from '../values/values.js';
import type { QueryContext } from './context.js';

/** A parsed query. It is immutable and independent of who evaluates it. */
export interface Query {
  /** @throws {Failure} */
  evaluate(context: QueryContext): Value;
}

/** What the engine needs of a query language. The languages are listed in `engine/languages.ts`. */
export interface Language {
  /** The API versions that use it. */
  readonly versions: readonly ApiVersion[];
  /**
   * Parses a query, or returns it from the cache.
   *
   * @param text `undefined` if the request has none
   * @throws {Failure} if the text is not a query
   */
  parse(text: string | undefined, version: ApiVersion): Query;
  /** The body of an answer, in JSON. */
  answer(value: Value, context: QueryContext): string;
  /** The body of an error answer. */
  failure(errors: readonly FqlError[], version: ApiVersion): string;
  /**
   * The JSON of a value in a stream's event.
   *
   * @param time of the event's transaction, in µs.
   */
  renderEvent(value: Value, context: ModelContext, time: bigint, version: ApiVersion): string;
  /** Turns stored data back into a lambda. Errors in it surface only when it is called. */
  lambda(literal: ObjectValue, scope: number): Lambda;
}
