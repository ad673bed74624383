import { asRole } from '../../model/auth/as-role.js';
import { findFunction } from '../../model/schema/find-function.js';
import type { QueryContext } from '../../query/context.js';
import { callError, instanceNotFound, permissionDenied, unresolvedRef } from '../../values/errors.js';
import { Failure } from '../../values/failure.js';
import { objectOf } from '../../values/objects.js';
import { at, type Position } from '../../values/position.js';
import { UnresolvedRef, type Value } from '../../values/values.js';
import { stringOrFunctionRef } from './casts.js';
import { type Bindings, type Expression, type FreeVariables, freeOf } from './expression.js';

/** The approximate size of an error in an answer, in characters: nested calls may produce very many errors. */
const ERROR_SIZE = 500;

/** `call`: applies a user-defined function, with the function's own role if it has one. */
export class FunctionCall implements Expression {
  readonly free: FreeVariables;
  readonly effect = 'write';

  constructor(
    readonly name: Expression,
    readonly args: Expression | undefined,
    readonly position: Position | undefined,
  ) {
    this.free = freeOf(args === undefined ? [name] : [name, args]);
  }

  evaluate(context: QueryContext, bindings: Bindings | undefined): Value {
    const nameValue = this.name.evaluate(context, bindings);
    const args = this.args === undefined ? [] : this.args.evaluate(context, bindings);
    const name = stringOrFunctionRef(nameValue, at(this.position, 'call'), context);
    const called = findFunction(context, name);
    if (called === undefined) {
      if (typeof name !== 'string') throw instanceNotFound('Function', at(this.position, 'call'));
      const functions = new UnresolvedRef('functions', undefined, undefined);
      throw unresolvedRef(new UnresolvedRef(name, functions, undefined), at(this.position, 'call'));
    }
    if (!context.auth.permissions.mayCall(context, called.ref, args)) throw permissionDenied(this.position);
    const inside = called.role === null ? context : context.with({ auth: asRole(context, called.role) });
    try {
      return inside.apply(called.lambda, args, this.position);
    } catch (error) {
      if (!(error instanceof Failure) || !called.lambda.nestsErrors) throw error;
      // Too deep a recursion is reported once, not once per call.
      if (error.errors.length === 1 && error.errors[0]!.code === 'stack overflow') throw error;
      context.budget.make(ERROR_SIZE * error.errors.length);
      throw callError(error.errors, this.position);
    }
  }

  literal(): Value {
    return objectOf({ call: this.name.literal(), arguments: this.args?.literal() });
  }
}
