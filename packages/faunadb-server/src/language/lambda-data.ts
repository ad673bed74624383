import { parseLambdaData } from './escapes.js';
import { Closure } from './lambda.js';
import type { Lambda, ObjectValue } from './values.js';

/**
 * Makes a lambda that was stored as data callable again.
 *
 * @throws {Failure} where the data is no lambda.
 */
export function lambdaOf(literal: ObjectValue): Lambda {
  return new Closure(parseLambdaData(literal, undefined), undefined);
}
