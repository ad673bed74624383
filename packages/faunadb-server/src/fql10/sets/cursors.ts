// Serialisation of sets and of positions in them.
import type { Budget } from '../../values/budget.js';
import type { Context } from '../evaluate/context.js';
import { errors, RuntimeFailure } from '../evaluate/failures.js';
import { BoundMethod } from '../evaluate/members.js';
import { globalNamed, tableOf } from '../evaluate/tables.js';
import {
  Bytes,
  DateValue,
  Doc,
  Double,
  FunctionValue,
  Id,
  isArray,
  LambdaValue,
  Module,
  NamedFunction,
  Null,
  Ref,
  SetCursor,
  SetValue,
  Struct,
  Time,
  TransactionTime,
  Uuid,
  type Value,
  type Variables,
} from '../evaluate/values.js';
import { decodeExpression, encodeExpression, freeVariables, type Json, NotAnExpression } from '../parse/codec.js';
import { DECODED_SPAN } from '../parse/span.js';
import { IndexSet } from './index-set.js';
import {
  ArraySet,
  ConcatSet,
  type Creation,
  DistinctSet,
  DropSet,
  FlatMapSet,
  MapSet,
  OrderedSet,
  ReverseSet,
  SequenceSet,
  SingletonSet,
  SizedSet,
  TakeSet,
  WhereSet,
} from './kinds.js';
import type { PagedValue } from './set.js';

/** Serialises a cursor. `time`, the transaction's, is used if the cursor has no time of its own. */
export function encodeCursor(budget: Budget, cursor: SetCursor, time: bigint | undefined): string {
  const encoder = new Encoder(budget);
  const json: Json = [
    encoder.set(cursor.set as PagedValue),
    cursor.position === undefined ? null : encoder.values(cursor.position),
    encodeTime(cursor.time ?? time),
    cursor.pageSize,
  ];
  return Buffer.from(JSON.stringify(json)).toString('base64');
}

/** Parses a cursor; `undefined` if the text is not one. */
export function decodeCursor(context: Context, text: string): SetCursor | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  try {
    const json = JSON.parse(Buffer.from(text, 'base64').toString()) as Json;
    const [set, position, time, size] = list(json);
    if (!Number.isInteger(size) || (size as number) < 1 || (size as number) > 16_000) return undefined;
    const decoder = new Decoder(context);
    return new SetCursor(
      decoder.set(set),
      position === null ? undefined : list(position).map((each) => decoder.value(each)),
      decodeTime(time),
      size as number,
    );
  } catch (thrown) {
    if (thrown instanceof NotAnExpression || thrown instanceof SyntaxError || thrown instanceof RangeError)
      return undefined;
    throw thrown;
  }
}

const fail = (): never => {
  throw new NotAnExpression();
};
const list = (json: Json | undefined): readonly Json[] => (Array.isArray(json) ? json : fail());
const encodeTime = (time: bigint | undefined): Json => (time === undefined ? null : String(time));
const integer = (json: Json | undefined): bigint =>
  typeof json === 'string' && /^-?\d{1,30}$/.test(json) ? BigInt(json) : fail();
const decodeTime = (json: Json | undefined): bigint | undefined => (json === null ? undefined : integer(json));
const encodeCreation = ({ time }: Creation): Json => encodeTime(time);
const decodeCreation = (json: Json | undefined): Creation => ({ time: decodeTime(json), trace: undefined });

/** A set as JSON. @throws {NotAnExpression} if it contains a value that cannot be serialised */
export const encodeSet = (budget: Budget, set: PagedValue): Json => new Encoder(budget).set(set);

/** Equal for sets that are created in the same way; `undefined` if a set contains values that cannot be serialised. */
export function setKeyOf(budget: Budget, set: SetValue): string | undefined {
  try {
    return JSON.stringify(encodeSet(budget, set as PagedValue));
  } catch (thrown) {
    if (thrown instanceof NotAnExpression) return undefined;
    throw thrown;
  }
}

class Encoder {
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  set(set: PagedValue): Json {
    // Sets may share parts, so that their text is much longer than they are.
    this.#budget.visit();
    if (set instanceof ArraySet) return ['array', this.values(set.values)];
    if (set instanceof SequenceSet) return ['sequence', set.from, set.until, set.reversed];
    if (set instanceof SingletonSet) return ['single', this.value(set.value)];
    if (set instanceof ReverseSet) return ['reverse', this.set(set.inner)];
    if (set instanceof DistinctSet) return ['distinct', this.set(set.inner)];
    if (set instanceof DropSet) return ['drop', this.set(set.inner), set.amount];
    if (set instanceof TakeSet) return ['take', this.set(set.inner), set.limit];
    if (set instanceof ConcatSet) return ['concat', this.set(set.first), this.set(set.last)];
    if (set instanceof WhereSet)
      return ['where', this.set(set.inner), this.value(set.predicate), encodeCreation(set.creation)];
    if (set instanceof MapSet)
      return ['map', this.set(set.inner), this.value(set.mapper), encodeCreation(set.creation)];
    if (set instanceof FlatMapSet) {
      const next = set.next === undefined ? null : this.values(set.next);
      const [mapper, creation] = [this.value(set.mapper), encodeCreation(set.creation)];
      return ['flatMap', this.set(set.inner), next, mapper, creation, set.reversed];
    }
    if (set instanceof OrderedSet) {
      const by = set.by.map(({ accessor, ascending }) => [this.value(accessor), ascending]);
      return ['order', this.set(set.inner), by];
    }
    if (set instanceof SizedSet) return ['size', this.set(set.inner), set.size];
    if (set instanceof IndexSet) {
      const { collection, name, args, time, reversed } = set;
      return ['index', this.value(collection), name, this.values(args), encodeTime(time), reversed];
    }
    return fail();
  }

  values(values: readonly Value[]): Json[] {
    return values.map((each) => this.value(each));
  }

  value(value: Value): Json {
    this.#budget.visit();
    if (typeof value === 'string') {
      this.#budget.make(value.length);
      return value;
    }
    if (typeof value === 'boolean' || typeof value === 'number') return value;
    if (typeof value === 'bigint') return ['l', String(value)];
    if (value instanceof Double) return ['d', Object.is(value.value, -0) ? '-0' : String(value.value)];
    if (value instanceof Null) return null;
    if (isArray(value)) return ['a', this.values(value)];
    if (value instanceof Struct) return ['o', [...value.fields].map(([name, each]) => [name, this.value(each)])];
    if (value instanceof Id) return ['i', String(value.value)];
    if (value instanceof Time) return ['t', String(value.nanos)];
    if (value instanceof DateValue) return ['dt', value.day];
    if (value instanceof TransactionTime) return ['tt'];
    if (value instanceof Bytes) {
      this.#budget.make(value.bytes.length);
      return ['by', Buffer.from(value.bytes).toString('base64')];
    }
    if (value instanceof Uuid) return ['u', value.text];
    if (value instanceof Doc)
      return ['r', value.ref.collection, String(value.ref.id), value.name ?? null, encodeTime(value.readTime)];
    if (value instanceof Module) return ['m', value.parent ? this.value(value.parent) : null, value.name];
    if (value instanceof LambdaValue) return this.#lambda(value);
    if (value instanceof NamedFunction)
      return ['f', value.callee === undefined ? null : this.value(value.callee), value.name];
    if (value instanceof SetCursor) return ['c', encodeCursor(this.#budget, value, undefined)];
    if (value instanceof SetValue) return ['s', this.set(value as PagedValue)];
    return fail();
  }

  // A lambda with the variables that it captures.
  #lambda(lambda: LambdaValue): Json {
    const { body } = lambda;
    this.#budget.work(body.span.end - body.span.start);
    const bound = new Set(lambda.parameters.filter((name) => name !== undefined));
    if (lambda.variadic?.name !== undefined) bound.add(lambda.variadic.name);
    const free = freeVariables(body, bound);
    const closure: Json[] = [];
    for (let scope: Variables = lambda.closure; scope !== undefined; scope = scope.outer) {
      if (!free.delete(scope.name)) continue;
      closure.push([scope.name, this.value(scope.value)]);
    }
    const variadic = lambda.variadic ? [lambda.variadic.name ?? null] : null;
    return ['fn', lambda.parameters.map((name) => name ?? null), variadic, encodeExpression(body), closure];
  }
}

/** Recreates a set from JSON, which clients may have changed: with the rights of the context. @throws {NotAnExpression} */
export const decodeSet = (context: Context, json: Json): PagedValue => new Decoder(context).set(json);

class Decoder {
  constructor(readonly context: Context) {}

  set(json: Json | undefined): PagedValue {
    this.context.spend();
    const [kind, a, b, c, d, e] = list(json);
    const whole = (each: Json | undefined): number => (Number.isInteger(each) ? (each as number) : fail());
    switch (kind) {
      case 'array':
        return new ArraySet(list(a).map((each) => this.value(each)));
      case 'sequence':
        return new SequenceSet(whole(a), whole(b), c === true);
      case 'single':
        return new SingletonSet(this.value(a));
      case 'reverse':
        return new ReverseSet(this.set(a));
      case 'distinct':
        return new DistinctSet(this.set(a));
      case 'drop':
        return new DropSet(this.set(a), whole(b));
      case 'take':
        return new TakeSet(this.set(a), whole(b));
      case 'concat':
        return new ConcatSet(this.set(a), this.set(b));
      case 'where':
        return new WhereSet(this.set(a), this.function(b), decodeCreation(c));
      case 'map':
        return new MapSet(this.set(a), this.function(b), decodeCreation(c));
      case 'flatMap': {
        const next = b === null ? undefined : list(b).map((each) => this.value(each));
        return new FlatMapSet(this.set(a), next, this.function(c), decodeCreation(d), e === true);
      }
      case 'order':
        return new OrderedSet(
          this.set(a),
          list(b).map((each) => {
            const [accessor, ascending] = list(each);
            return { accessor: this.function(accessor), ascending: ascending === true };
          }),
          { time: undefined, trace: undefined },
        );
      case 'size':
        return new SizedSet(this.set(a), whole(b));
      case 'index':
        return this.#index(a, b, list(c), decodeTime(d), e === true);
      default:
        return fail();
    }
  }

  // A set of documents is recreated by its collection, with the rights of the cursor's user.
  #index(
    collection: Json | undefined,
    name: Json | undefined,
    args: readonly Json[],
    time: bigint | undefined,
    reversed: boolean,
  ): PagedValue {
    const module = this.value(collection);
    if (typeof name !== 'string' || !(module instanceof Module)) return fail();
    const method = tableOf(module).methods.get(name);
    if (method === undefined) throw errors.noFunction(name, module, this.context.trace);
    const host = this.context.host.with({ validTime: time });
    const inside = this.context.with({ host });
    const set = method.call(
      inside,
      module,
      args.map((each) => this.value(each)),
    );
    if (!(set instanceof IndexSet)) return fail();
    return reversed ? set.reverse(this.context) : set;
  }

  function(json: Json | undefined): FunctionValue {
    const value = this.value(json);
    return value instanceof FunctionValue ? value : fail();
  }

  value(json: Json | undefined): Value {
    this.context.host.budget.touch();
    if (json === null) return Null.at(DECODED_SPAN);
    if (typeof json === 'string' || typeof json === 'boolean') return json;
    if (typeof json === 'number') return Number.isInteger(json) && json === (json | 0) ? json : fail();
    const [kind, a, b, c, d] = list(json);
    switch (kind) {
      case 'l':
        return BigInt.asIntN(64, integer(a));
      case 'd':
        return new Double(typeof a === 'string' ? Number(a) : fail());
      case 'a':
        return list(a).map((each) => this.value(each));
      case 'o':
        return new Struct(
          new Map(
            list(a).map((each): [string, Value] => {
              const [name, value] = list(each);
              return [typeof name === 'string' ? name : fail(), this.value(value)];
            }),
          ),
        );
      case 'i':
        return new Id(BigInt.asIntN(64, integer(a)));
      case 't':
        return new Time(integer(a));
      case 'dt':
        return new DateValue(Number.isInteger(a) ? (a as number) : fail());
      case 'tt':
        return new TransactionTime();
      case 'by':
        return new Bytes(Buffer.from(typeof a === 'string' ? a : fail(), 'base64'));
      case 'u':
        return new Uuid(typeof a === 'string' ? a : fail());
      case 'r': {
        if (!Number.isInteger(a) || (a as number) < 0 || (a as number) > 0xffff) return fail();
        const ref = new Ref(this.context.host.auth.scope, a as number, BigInt.asIntN(64, integer(b)));
        return new Doc(ref, typeof c === 'string' ? c : undefined, decodeTime(d));
      }
      case 'm':
        return this.#module(a, b);
      case 'f':
        return this.#named(a, b);
      case 'fn':
        return this.#lambda(list(json));
      case 's':
        return this.set(a);
      case 'c':
        return decodeCursor(this.context, typeof a === 'string' ? a : fail()) ?? fail();
      default:
        return fail();
    }
  }

  #module(parent: Json | undefined, name: Json | undefined): Module {
    if (typeof name !== 'string') return fail();
    const found = parent === null ? this.#global(name) : this.#field(this.value(parent), name);
    return found instanceof Module ? found : fail();
  }

  #global(name: string): Value {
    const found = globalNamed(this.context, name);
    if (found === undefined) throw errors.unboundVariable(name, this.context.trace);
    return found;
  }

  #field(of: Value, name: string): Value {
    try {
      const found = tableOf(of).getField(this.context, of, name, DECODED_SPAN);
      return 'cause' in (found as object) ? fail() : (found as Value);
    } catch (thrown) {
      if (thrown instanceof RuntimeFailure) return fail();
      throw thrown;
    }
  }

  #named(callee: Json | undefined, name: Json | undefined): FunctionValue {
    if (typeof name !== 'string') return fail();
    if (callee === null) {
      const found = this.#global(name);
      return found instanceof FunctionValue ? found : fail();
    }
    const of = this.value(callee);
    const method = tableOf(of).methods.get(name);
    return method ? new BoundMethod(method, of) : fail();
  }

  #lambda([, parameters, variadic, body, closure]: readonly Json[]): LambdaValue {
    const name = (json: Json | undefined) => (json === null ? undefined : typeof json === 'string' ? json : fail());
    let variables: Variables;
    for (const each of list(closure)) {
      const [variable, value] = list(each);
      variables = {
        name: typeof variable === 'string' ? variable : fail(),
        value: this.value(value),
        outer: variables,
      };
    }
    const rest = variadic === null ? undefined : { name: name(list(variadic)[0]) };
    return new LambdaValue(list(parameters).map(name), rest, decodeExpression(body), variables);
  }
}
