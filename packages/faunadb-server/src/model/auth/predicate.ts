import { Failure } from '../../values/failure.js';
import type { Lambda, Value } from '../../values/values.js';
import { type ModelContext, PREDICATES } from '../base/context.js';
import { PREDICATE, PREDICATE_THEN } from './builtin-permissions.js';

/**
 * Whether a predicate of a role, membership or access provider returns `true`. It sees the current state, or
 * that at `time` in µs, may read whatever a server key may read and call every function, but may not write. If it fails,
 * the result is false.
 */
export function holds(context: ModelContext, predicate: Lambda, argument: Value, time?: bigint): boolean {
  const asked = context.with({
    auth: { ...context.auth, permissions: time === undefined ? PREDICATE : PREDICATE_THEN },
    validTime: time,
    effectLimit: { effect: 'read', reason: PREDICATES },
    depth: 0,
  });
  try {
    return asked.apply(predicate, argument, undefined) === true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}
