import { Failure } from '../../values/failure.js';
import type { Lambda, Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { PREDICATE } from './builtin-permissions.js';

/**
 * Whether a predicate of a role, of a membership or of an access provider says `true`. It sees the present state, may read
 * all that a server key may and call every function, but write nothing. One that fails has not said `true`.
 */
export function holds(context: ModelContext, predicate: Lambda, argument: Value): boolean {
  const asked = context.with({
    auth: { ...context.auth, permissions: PREDICATE },
    validTime: undefined,
    effectLimit: { effect: 'read', reason: 'auth predicates' },
    depth: 0,
  });
  try {
    return asked.apply(predicate, argument, undefined) === true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}
