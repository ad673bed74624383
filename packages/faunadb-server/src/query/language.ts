import type { ModelContext } from '../model/base/context.js';
import type { ApiVersion } from '../values/api-version.js';
import type { FqlError } from '../values/failure.js';
import type { Lambda, ObjectValue, Value } from '../values/values.js';
import type { QueryContext } from './context.js';

/** A query as a language has read it. It is immutable and knows nothing of who evaluates it. */
export interface Query {
  /** @throws {Failure} */
  evaluate(context: QueryContext): Value;
}

/** A language that queries are written in: what the engine needs of it. It is listed in `engine/languages.ts`. */
export interface Language {
  /** The versions of the interface that are written in it. */
  readonly versions: readonly ApiVersion[];
  /**
   * Reads a query, or remembers what it once read.
   *
   * @param text `undefined` where none was sent
   * @throws {Failure} where the text is no query
   */
  parse(text: string | undefined, version: ApiVersion): Query;
  /** The body of an answer, in JSON. */
  answer(value: Value, context: QueryContext): string;
  /** The body of an answer that fails. */
  failure(errors: readonly FqlError[], version: ApiVersion): string;
  /**
   * The JSON of a value within an event of a stream.
   *
   * @param time of the transaction that the event is about, in µs.
   */
  renderEvent(value: Value, context: ModelContext, time: bigint, version: ApiVersion): string;
  /** Makes a lambda of the data that one was stored as. What is wrong with it shows only when it is called. */
  lambda(literal: ObjectValue, scope: number): Lambda;
}
