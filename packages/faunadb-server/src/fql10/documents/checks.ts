import { Null, type Value } from '../evaluate/values.js';

/** Why a document that gave this result for a check constraint is rejected, if it is. */
export function rejection(name: string, result: Value): string | undefined {
  if (result === true) return undefined;
  return result === false || result instanceof Null
    ? `Document failed check constraint \`${name}\``
    : `Error evaluating check constraint \`${name}\`: function returned a non-boolean value`;
}
