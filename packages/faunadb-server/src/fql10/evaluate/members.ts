import { parseInteger } from '@supertokens-faunadb/java/numbers';
import type { Span } from '../parse/span.js';
import type { Context } from './context.js';
import { errors } from './failures.js';
import {
  type Arity,
  accepts,
  Bytes,
  DateValue,
  Doc,
  Double,
  EventSource,
  FunctionValue,
  Id,
  isArray,
  isInt,
  isNumeric,
  NamedFunction,
  Null,
  type NullCause,
  type Numeric,
  SetCursor,
  SetValue,
  Struct,
  Time,
  type Value,
} from './values.js';

/** The type of a parameter; `cast` returns `undefined` for other values. */
export interface Type<T extends Value> {
  readonly name: string;
  cast(value: Value): T | undefined;
}

const type = <T extends Value>(name: string, cast: (value: Value) => T | undefined): Type<T> => ({ name, cast });
const instance = <T extends Value>(name: string, kind: abstract new (...args: never[]) => T): Type<T> =>
  type(name, (value) => (value instanceof kind ? value : undefined));

/** Parses a Long as Java does. */
export const parseLong = (text: string): bigint | undefined => parseInteger(text);

/** The types of parameters. */
export const types = {
  any: type<Value>('Any', (value) => value),
  boolean: type('Boolean', (value) => (typeof value === 'boolean' ? value : undefined)),
  string: type('String', (value) => (typeof value === 'string' ? value : undefined)),
  number: type<Numeric>('Number', (value) => (isNumeric(value) ? value : undefined)),
  int: type('Int', (value) => {
    if (typeof value === 'number') return value;
    const number = value instanceof Double ? value.value : typeof value === 'bigint' ? Number(value) : Number.NaN;
    // Java does not consider negative zero an integer.
    return isInt(number) ? number + 0 : undefined;
  }),
  array: type('Array<Any>', (value) => (isArray(value) ? value : undefined)),
  set: instance('Set<Any>', SetValue),
  function: instance('Function', FunctionValue),
  struct: instance('{ *: Any }', Struct),
  object: type('{ *: Any }', (value) =>
    value instanceof Struct || value instanceof Doc || isModule(value) ? value : undefined,
  ),
  time: instance('Time', Time),
  date: instance('Date', DateValue),
  bytes: instance('Bytes', Bytes),
  document: instance('Doc', Doc),
  eventSource: instance('EventSource<Any>', EventSource),
  cursor: instance('SetCursor', SetCursor),
  id: type('ID', (value) => {
    if (value instanceof Id) return value;
    const number = typeof value === 'string' ? parseLong(value) : typeof value === 'number' ? BigInt(value) : value;
    return typeof number === 'bigint' ? new Id(number) : undefined;
  }),
};
const isModule = (value: Value): value is Exclude<Value, Struct> =>
  typeof value === 'object' && !isArray(value) && 'table' in value;

/** A parameter: its name in errors, and its type. */
export type Parameter = readonly [name: string, type: Type<Value>];
type Arguments<P extends readonly Parameter[]> = {
  [I in keyof P]: P[I] extends readonly [string, Type<infer T>] ? T : never;
};

/** One overload of a method. */
interface Overload {
  readonly parameters: readonly Parameter[];
  run(context: Context, self: Value, args: readonly Value[]): Value;
}

/** A method or an operator, not yet bound to a value. */
export class Method {
  readonly #overloads: Overload[] = [];
  #variadic: { readonly parameter: Parameter; run: Overload['run'] } | undefined;
  #arity: Arity | undefined;

  constructor(readonly name: string) {}

  get arity(): Arity {
    this.#arity ??= this.#variadic
      ? { counts: [0], variable: true }
      : { counts: [...new Set(this.#overloads.map(({ parameters }) => parameters.length))], variable: false };
    return this.#arity;
  }

  add(overload: Overload): void {
    this.#overloads.push(overload);
  }

  setVariadic(parameter: Parameter, run: Overload['run']): void {
    this.#variadic = { parameter, run };
  }

  /** Calls it. The context's innermost frame is the position of the arguments. */
  call(context: Context, self: Value, args: readonly Value[]): Value {
    if (!accepts(this.arity, args.length)) throw errors.invalidArity(this.arity, args.length, context.trace);
    context.spend();
    if (this.#variadic) {
      const { parameter, run } = this.#variadic;
      const values = args.map((value, i) => castArgument(context, [`${parameter[0]}${i}`, parameter[1]], value));
      return run(context, self, values);
    }
    if (this.#overloads.length === 1) {
      const { parameters, run } = this.#overloads[0] as Overload;
      return run(
        context,
        self,
        args.map((value, i) => castArgument(context, parameters[i] as Parameter, value)),
      );
    }
    for (const { parameters, run } of this.#overloads) {
      if (parameters.length !== args.length) continue;
      const values = args.map((value, i) => (parameters[i] as Parameter)[1].cast(value));
      if (values.every((value) => value !== undefined)) return run(context, self, values as Value[]);
    }
    const expected = this.#overloads
      .filter(({ parameters }) => parameters.length === args.length)
      .map(({ parameters }) => `(${parameters.map(([, { name }]) => name).join(', ')})`);
    throw errors.invalidArgumentTypes(this.name, expected.join(' | '), args, context.trace);
  }
}

/** Casts an argument to a parameter's type. */
export function castArgument(context: Context, [name, expected]: Parameter, value: Value): Value {
  const found = expected.cast(value);
  if (found === undefined) throw errors.invalidArgumentType(name, expected.name, value, context.trace);
  return found;
}

/** A method of a value. */
export class BoundMethod extends NamedFunction {
  constructor(
    readonly method: Method,
    readonly callee: Value | undefined,
  ) {
    super();
  }
  override get name(): string {
    return this.method.name;
  }
  override get arity(): Arity {
    return this.method.arity;
  }
  override call(context: Context, args: readonly Value[]): Value {
    return this.method.call(context, this.callee as Value, args);
  }
}

/** A field is missing because the value is null. */
export class Absent {
  constructor(readonly cause: NullCause) {}
}

type FieldOf<Self extends Value> = (context: Context, self: Self) => Value;

/** Members that one table takes from another. */
interface Members {
  readonly fields: ReadonlyMap<string, FieldOf<never>>;
  readonly methods: ReadonlyMap<string, Method>;
  readonly operators: ReadonlyMap<string, Method>;
  readonly apply: Method | undefined;
  readonly access: unknown;
}

/** The members of a type: fields, methods, operators, calling and indexing. */
export class Table<Self extends Value = Value> {
  readonly fields = new Map<string, FieldOf<Self>>();
  readonly methods = new Map<string, Method>();
  readonly operators = new Map<string, Method>();
  /** Calls a value. */
  apply: Method | undefined;
  access:
    | { readonly parameter: Parameter; get(context: Context, self: Self, key: Value, span: Span): Value | Absent }
    | undefined;

  /** @param base whose members are included */
  constructor(base?: Members) {
    if (!base) return;
    for (const [name, field] of base.fields) this.fields.set(name, field as unknown as FieldOf<Self>);
    for (const [name, method] of base.methods) this.methods.set(name, method);
    for (const [name, method] of base.operators) this.operators.set(name, method);
    this.apply = base.apply;
    this.access = base.access as typeof this.access;
  }

  field(name: string, get: FieldOf<Self>): this {
    this.fields.set(name, get);
    return this;
  }

  /** Adds a method, or another overload. */
  method<const P extends readonly Parameter[]>(
    name: string,
    parameters: P,
    run: (context: Context, self: Self, ...args: Arguments<P>) => Value,
  ): this {
    return this.#add(this.methods, name, parameters, run);
  }

  variadic<T extends Value>(
    name: string,
    parameter: readonly [string, Type<T>],
    run: (context: Context, self: Self, args: readonly T[]) => Value,
  ): this {
    const method = new Method(name);
    method.setVariadic(parameter, (context, self, args) => run(context, self as Self, args as readonly T[]));
    this.methods.set(name, method);
    return this;
  }

  operator<const P extends readonly Parameter[]>(
    name: string,
    parameters: P,
    run: (context: Context, self: Self, ...args: Arguments<P>) => Value,
  ): this {
    return this.#add(this.operators, name, parameters, run);
  }

  /** Sets what calling a value does. */
  call<const P extends readonly Parameter[]>(
    parameters: P,
    run: (context: Context, self: Self, ...args: Arguments<P>) => Value,
  ): this {
    this.apply ??= new Method('apply');
    this.apply.add({
      parameters,
      run: (context, self, args) => run(context, self as Self, ...(args as unknown as Arguments<P>)),
    });
    return this;
  }

  indexed<T extends Value>(
    parameter: readonly [string, Type<T>],
    get: (context: Context, self: Self, key: T, span: Span) => Value | Absent,
  ): this {
    this.access = { parameter, get: (context, self, key, span) => get(context, self, key as T, span) };
    return this;
  }

  #add<P extends readonly Parameter[]>(
    to: Map<string, Method>,
    name: string,
    parameters: P,
    run: (context: Context, self: Self, ...args: Arguments<P>) => Value,
  ): this {
    let method = to.get(name);
    if (!method) {
      method = new Method(name);
      to.set(name, method);
    }
    method.add({
      parameters,
      run: (context, self, args) => run(context, self as Self, ...(args as unknown as Arguments<P>)),
    });
    return this;
  }

  /** A field, or a method bound to its value. */
  getField(context: Context, self: Self, name: string, span: Span): Value | Absent {
    const field = this.fields.get(name);
    if (field) return field(context, self);
    const method = this.methods.get(name);
    return method ? new BoundMethod(method, self) : Null.missing(self, { text: name, span });
  }

  /** A method for an immediate call. `undefined` if there is none, so that a field is looked up instead. */
  getMethod(_context: Context, _self: Self, name: string, _span: Span): Method | Absent | undefined {
    return this.methods.get(name);
  }
}
