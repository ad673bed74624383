import { NATIVE } from '../../values/ids.js';
import { type Lambda, Ref, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';

/** A user-defined function, ready to be called. */
export interface UserFunction {
  readonly ref: Ref;
  readonly name: string;
  readonly lambda: Lambda;
  /** The role it runs with, as in its document: a built-in one's name, a ref, or null. */
  readonly role: Value;
}

/** Finds a function by its name in the query's database, or by its ref, as it was before the query. */
export function findFunction(context: ModelContext, nameOrRef: string | Ref): UserFunction | undefined {
  let ref: Ref;
  if (typeof nameOrRef === 'string') {
    const id = context.model.committedSchema(context.auth.scope).idOf(NATIVE.functions, nameOrRef);
    if (id === undefined) return undefined;
    ref = new Ref(context.auth.scope, NATIVE.functions, id);
  } else ref = nameOrRef;
  const found = context.model.committedSchema(ref.scope).function(ref.id);
  return found && { ref, name: found.name, lambda: found.body, role: found.role };
}
