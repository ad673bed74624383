import { asRole } from '../../model/auth/as-role.js';
import type { FunctionSchema } from '../../model/base/schema-objects.js';
import { Failure } from '../../values/failure.js';
import { aliasesOf, NATIVE } from '../../values/ids.js';
import { type Lambda, Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import { errors, RuntimeFailure } from '../evaluate/failures.js';
import { type Arity, NamedFunction, type Value } from '../evaluate/values.js';
import { SourceLambda } from '../stored/source-lambda.js';
import { fromValueOf4, NoValueOf4, toValueOf4 } from './interop.js';
import { codeOf } from './source-code.js';

const ALIASES = aliasesOf(NATIVE.functions);

/** A user-defined function in either language. */
export class UserFunctionValue extends NamedFunction {
  override readonly callee = undefined;

  constructor(
    readonly ref: Ref,
    /** Its name, or its alias if it was called by that. */
    override readonly name: string,
    readonly schema: FunctionSchema,
  ) {
    super();
  }

  override get arity(): Arity {
    const { body } = this.schema;
    return body instanceof SourceLambda ? codeOf(body).arity : { counts: [body.arity], variable: false };
  }

  override call(context: Context, args: readonly Value[]): Value {
    const { body, role } = this.schema;
    const { host } = context;
    const denied = () => errors.permissionDenied(context.trace);
    if (body instanceof SourceLambda) {
      if (!host.auth.permissions.mayCall(host, this.ref, this.#argumentsOf4(context, args))) throw denied();
      const inner = role === null ? context : context.with({ host: host.with({ auth: asRole(host, role) }) });
      return codeOf(body).evaluate(inner, args);
    }
    const given = args.map((value, i) => {
      try {
        return toValueOf4(context, value);
      } catch (error) {
        if (error instanceof NoValueOf4) throw errors.noValueOf4(parameterName(body, i), value, context.trace);
        throw error;
      }
    });
    const argument = given.length === 1 && !body.takesArray ? given[0]! : given;
    if (!host.auth.permissions.mayCall(host, this.ref, argument)) throw denied();
    const auth = role === null ? host.auth : asRole(host, role);
    try {
      return fromValueOf4(context, host.with({ auth }).apply(body, argument, undefined));
    } catch (error) {
      if (error instanceof Failure) throw failureOf4(context, error);
      throw error;
    }
  }

  // The arguments of a predicate; values that v4 does not have are omitted.
  #argumentsOf4(context: Context, args: readonly Value[]) {
    return args.map((value) => {
      try {
        return toValueOf4(context, value);
      } catch (error) {
        if (error instanceof NoValueOf4) return null;
        throw error;
      }
    });
  }
}

/** The parameter name of an FQL v4 lambda. */
function parameterName(lambda: Lambda, i: number): string {
  const names = lambda.literal().fields.get('lambda');
  const name = Array.isArray(names) ? names[i] : names;
  return typeof name === 'string' ? name : '_';
}

/** An error of a function in FQL v4. */
function failureOf4(context: Context, { errors: found }: Failure): RuntimeFailure {
  let all = found;
  while (all.length === 1 && all[0]?.code === 'call error' && all[0].cause) all = all[0].cause;
  const [first] = all;
  if (all.length === 1 && first?.code === 'transaction aborted') {
    return new RuntimeFailure('abort', 'Query aborted.', context.trace, {
      abort: { given: first.description, context },
    });
  }
  return new RuntimeFailure('eval_error', all.map(({ description }) => description).join('\n'), context.trace);
}

/** A user-defined function by its name or alias, as it was before this query. What is indexed cannot depend on any. */
export function userFunction(context: Context, name: string): UserFunctionValue | undefined {
  if (!context.allowsComputation) return undefined;
  const { model, auth } = context.host;
  const schema = model.committedSchema(auth.scope);
  const id = schema.idOf(NATIVE.functions, name) ?? schema.idOf(ALIASES, name);
  const found = id === undefined ? undefined : schema.function(id);
  return found && new UserFunctionValue(new Ref(auth.scope, NATIVE.functions, found.id), name, found);
}
